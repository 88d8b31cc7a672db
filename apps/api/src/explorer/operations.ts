import type { Type } from '@nestjs/common';
import { PARAMTYPES_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import type { ModulesContainer } from '@nestjs/core';
import { REQUIRED_SCOPE } from '../auth/service-token.guard';
import type { Failure } from '../http/fails';
import { declaredFailures } from './declared-failures';

/** A route as its controller declares it. */
export interface Operation {
  /** The shapes of its body and its query. */
  shapes: readonly Type<object>[];
  failures: ReadonlySet<Failure>;
  /** What a service's token must be good for. */
  scope?: string;
}

// The keys of Nest's record of a handler's parameters begin with its number of their kind.
const BODY = '3:';
const QUERY = '4:';

export const operationId = (controller: string, method: string): string =>
  `${controller.replace(/Controller$/, '')}.${method}`;

/** By its id, each route of the controllers of some modules. */
export function operationsOf(modules: ModulesContainer, included: readonly Type<object>[]): Map<string, Operation> {
  const controllers = [...modules.values()]
    .filter(({ metatype }) => included.some((module) => module === metatype))
    .flatMap((module) => [...module.controllers.values()].map(({ metatype }) => metatype as Type<object>));
  return new Map(controllers.flatMap((controller) => operationsIn(controller)));
}

function operationsIn(controller: Type<object>): [string, Operation][] {
  const handlers = Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)).filter(
    ([, { value }]) => typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value as object),
  );
  return handlers.map(([name, { value }]) => [
    operationId(controller.name, name),
    operation(controller, name, value as object),
  ]);
}

function operation(controller: Type<object>, name: string, handler: object): Operation {
  const body = shapesOf(controller, name, BODY);
  const query = shapesOf(controller, name, QUERY);
  const route = { controller, handler, hasBody: body.length > 0, hasQuery: query.length > 0 };
  const scope = (Reflect.getMetadata(REQUIRED_SCOPE, handler) ?? Reflect.getMetadata(REQUIRED_SCOPE, controller)) as
    string | undefined;
  return { shapes: [...body, ...query], failures: declaredFailures(route), scope };
}

function shapesOf(controller: Type<object>, name: string, kind: string): Type<object>[] {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as
    Record<string, { index: number }> | undefined;
  const types = Reflect.getMetadata(PARAMTYPES_METADATA, controller.prototype as object, name) as Type<object>[];
  return Object.entries(parameters ?? {})
    .filter(([key]) => key.startsWith(kind))
    .flatMap(([, { index }]) => types[index] ?? []);
}
