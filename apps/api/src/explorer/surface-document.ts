import { SetMetadata, type Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { SecurityRequirementObject, SecuritySchemeObject } from '@nestjs/swagger';
import type { Side } from '../http/side';
import type { Surface } from '../http/surface';

/** How the errors of a surface look, so that each can be shown as it is really rendered. */
export interface ErrorFormat {
  surface: Surface;
  /** Documents the body. */
  body: Type<object>;
  /** Where the body has its code and its text: names with dots between. */
  code: string;
  text: string;
}

/** One OpenAPI document: what its module serves, in the words of its contract. */
export interface SurfaceDocument {
  /** Of the file, without `.json`. */
  name: string;
  title: string;
  /** Markdown. */
  description: string;
  listener: Side;
  errors: readonly ErrorFormat[];
  securitySchemes: Record<string, SecuritySchemeObject>;
  /** For each operation that needs an access token and does not say otherwise. */
  security: readonly SecurityRequirementObject[];
  /** Other modules whose routes belong here too. */
  alsoShows?: readonly Type<object>[];
}

const DOCUMENT = 'rekey:document';

/** On the module whose routes a document shows. */
export const Documented = (document: SurfaceDocument): ClassDecorator => SetMetadata(DOCUMENT, document);

export interface DocumentedModule {
  module: Type<object>;
  document: SurfaceDocument;
}

/** The documents of the modules that the application consists of, in their order. */
export function documentedModules(modules: ModulesContainer): DocumentedModule[] {
  const types = [...modules.values()].map(({ metatype }) => metatype as Type<object>);
  return types.flatMap((module) => {
    const document = Reflect.getMetadata(DOCUMENT, module) as SurfaceDocument | undefined;
    return document ? [{ module, document }] : [];
  });
}
