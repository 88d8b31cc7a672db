import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

export default function tearDown(): void {
  const image = process.env.TEST_EMBEDDED_IMAGE;
  if (image) rmSync(dirname(image), { recursive: true, force: true });
}
