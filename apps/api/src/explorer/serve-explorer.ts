import { dirname, join } from 'node:path';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '@app/platform';
import type { Side } from '../http/side';
import { documentsFolder } from './built-documents';
import { EXPLORER_CSP, explorerPage } from './explorer-page';
import { documentedModules, type SurfaceDocument } from './surface-document';

const OWN_ASSETS = ['explorer.css', 'explorer.mjs'];
const SWAGGER_ASSETS = [
  'favicon-32x32.png',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'swagger-ui.css',
];

/** The page at `/docs` with its files and documents: on each listener those of that listener alone. */
export function serveExplorer(app: NestFastifyApplication, { explorer }: Pick<Settings, 'explorer'>): void {
  const fastify = app.getHttpAdapter().getInstance();
  const documents = documentedModules(app.get(ModulesContainer)).map(({ document }) => document);
  if (explorer) serveOn('public', fastify, documents);
  serveOn('internal', fastify, documents);
}

function serveOn(listener: Side, fastify: FastifyInstance, documents: readonly SurfaceDocument[]): void {
  const names = documents.filter((document) => document.listener === listener).map(({ name }) => name);
  const page = explorerPage(names.map((name) => ({ name, url: `/docs/openapi/${name}.json` })));
  fastify.get('/docs', { config: { listener } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', EXPLORER_CSP).send(page),
  );
  const files = (folder: string, prefix: string, names: readonly string[]) =>
    serveFiles(fastify, { listener, folder, prefix, names });
  files(join(__dirname, 'assets'), '/docs/assets/', OWN_ASSETS);
  files(dirname(require.resolve('swagger-ui-dist/package.json')), '/docs/assets/', SWAGGER_ASSETS);
  files(
    documentsFolder(),
    '/docs/openapi/',
    names.map((name) => `${name}.json`),
  );
}

interface Files {
  listener: Side;
  folder: string;
  prefix: string;
  names: readonly string[];
}

/** Each file is a route of its own: there is no path to play with, and what is not named here does not exist. */
function serveFiles(fastify: FastifyInstance, { listener, folder, prefix, names }: Files): void {
  fastify.register(fastifyStatic, {
    root: folder,
    prefix,
    wildcard: false,
    globIgnore: [`!(${names.join('|')}){,/**}`],
    constraints: { listener },
    index: false,
    decorateReply: false,
    // Every answer of this service says no-store.
    cacheControl: false,
  });
}
