import { Global, Module } from '@nestjs/common';
import { SurfaceRegistry } from './surface';

/** Global so that each surface's module can register itself. */
@Global()
@Module({ providers: [SurfaceRegistry], exports: [SurfaceRegistry] })
export class EdgeModule {}
