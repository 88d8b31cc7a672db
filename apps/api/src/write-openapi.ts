import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadSettings } from '@app/platform';
import { ApiModule } from './api.module';
import { APP_OPTIONS } from './configure-app';
import { documentsFolder } from './explorer/built-documents';
import { buildDocuments } from './explorer/documents';
import { createAdapter } from './http/listeners';

/** Part of the build: writes the OpenAPI documents that the explorer serves and the tests judge answers by. */
async function main(dataDir: string): Promise<void> {
  const settings = loadSettings({ NODE_ENV: 'test', DATA_DIR: dataDir });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(settings), createAdapter(settings), {
    ...APP_OPTIONS,
    // Nothing is instantiated: the routes and their metadata are enough.
    preview: true,
    logger: false,
    abortOnError: false,
  });
  mkdirSync(documentsFolder(), { recursive: true });
  for (const [name, document] of buildDocuments(app)) {
    writeFileSync(join(documentsFolder(), `${name}.json`), `${JSON.stringify(document, null, 2)}\n`);
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'rekey-openapi-'));
main(dataDir)
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => rmSync(dataDir, { recursive: true }));
