import type { ResponseObject } from '@nestjs/swagger';
import { type Surface, SurfaceRegistry } from '../http/surface';
import { errorResponses } from './error-responses';
import type { Operation } from './operations';
import { sampleErrors } from './sample-errors';
import type { ErrorFormat, SurfaceDocument } from './surface-document';

/** The formats of a document's errors, found by path as the error filter finds a surface. */
export class ErrorFormats {
  private readonly surfaces = new SurfaceRegistry();
  private readonly bySurface: ReadonlyMap<Surface, ErrorFormat>;

  constructor(private readonly document: SurfaceDocument) {
    for (const { surface } of document.errors) this.surfaces.register(surface);
    this.bySurface = new Map(document.errors.map((format) => [format.surface, format]));
  }

  /** What can go wrong at `path`, by HTTP status. */
  responses(path: string, { failures, shapes }: Operation): Map<number, ResponseObject> {
    const surface = this.surfaces.for(path, this.document.listener);
    const samples = [...failures].flatMap((failure) => sampleErrors(failure, surface, shapes));
    return errorResponses(samples, this.bySurface.get(surface) as ErrorFormat);
  }
}
