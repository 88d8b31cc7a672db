import type { OpenAPIObject, OperationObject } from '@nestjs/swagger';
import type { HttpAnswer } from './http-client';

export interface DocumentedRoute {
  /** The document's name. */
  document: string;
  method: string;
  path: string;
  operation: OperationObject;
}

export type Listener = 'public' | 'internal';

export function builtDocuments(): Map<string, OpenAPIObject>;
export function listenerOf(document: string): Listener;
export function documentedRoutes(name: string, document: OpenAPIObject): DocumentedRoute[];
export function requireDocumented(listener: Listener, method: string, path: string, answer: HttpAnswer): void;
