import { existsSync } from 'node:fs';
import { join } from 'node:path';

// Beside the compiled code; the tests run from the sources.
const FOLDERS = ['../../../../openapi', '../../../../dist/openapi'].map((path) => join(__dirname, path));

/** The documents that the build has written. */
export const documentsFolder = (): string => FOLDERS.find(existsSync) ?? join(__dirname, '../../../../openapi');
