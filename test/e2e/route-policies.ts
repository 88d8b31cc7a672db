import { type INestApplication, RequestMethod, type Type } from '@nestjs/common';
import { GUARDS_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { PUBLIC_REASON } from '../../apps/api/src/auth/decorators';
import { REQUIRED_SCOPE, ServiceTokenGuard } from '../../apps/api/src/auth/service-token.guard';
import { ServiceClientGuard } from '../../apps/api/src/internal/oauth/service-client.guard';

type Handler = () => unknown;

/** A route of a controller, with what its decorators say of who may come in. */
export interface DeclaredRoute {
  /** `GET /internal/v1/accounts/:id` */
  name: string;
  method: string;
  path: string;
  /** Undefined: the global guard stands in front. */
  publicReason: string | undefined;
  /** Behind a guard that asks for a scope, which the route must name. */
  isForServices: boolean;
  /** Behind the guard of the token endpoint, which asks for a client's own credentials. */
  isForClients: boolean;
  scope: string | undefined;
}

const reflector = new Reflector();
const scanner = new MetadataScanner();

/** Every route of every controller of the application. */
export function declaredRoutes(app: INestApplication): DeclaredRoute[] {
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  const classes = new Set(controllers.map(({ metatype }) => metatype as Type<object>));
  return [...classes].flatMap((controller) => [...routesOf(controller)]);
}

function* routesOf(controller: Type<object>): Generator<DeclaredRoute> {
  const prototype = controller.prototype as Record<string, Handler>;
  for (const key of scanner.getAllMethodNames(prototype)) {
    const handler = prototype[key];
    if (!handler || !Reflect.hasMetadata(PATH_METADATA, handler)) continue;
    const method = String(RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]);
    for (const path of pathsOf(controller, handler)) {
      yield { name: `${method} ${path}`, method, path, ...policyOf(controller, handler) };
    }
  }
}

function pathsOf(...parts: [Type<object>, Handler]): string[] {
  const [prefixes, paths] = parts.map((part) => [Reflect.getMetadata(PATH_METADATA, part) as string | string[]].flat());
  return (prefixes ?? []).flatMap((prefix) => (paths ?? []).map((path) => joined(prefix, path)));
}

function joined(prefix: string, path: string): string {
  return `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}

function policyOf(controller: Type<object>, handler: Handler) {
  const guards = [controller, handler].flatMap(
    (part) => (Reflect.getMetadata(GUARDS_METADATA, part) ?? []) as unknown[],
  );
  return {
    publicReason: reflector.getAllAndOverride<string | undefined>(PUBLIC_REASON, [handler, controller]),
    scope: reflector.getAllAndOverride<string | undefined>(REQUIRED_SCOPE, [handler, controller]),
    isForServices: guards.some(isServiceTokenGuard),
    isForClients: guards.includes(ServiceClientGuard),
  };
}

function isServiceTokenGuard(guard: unknown): boolean {
  return guard === ServiceTokenGuard || (guard as Type<object>).prototype instanceof ServiceTokenGuard;
}
