import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Where it is. A machine without it gets Debian's package, and letters for Chinese; needs root. */
export function chromiumPath() {
  if (!existsSync(CHROMIUM)) {
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    execFileSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-qy', 'chromium', 'fonts-wqy-microhei'], options);
  }
  return CHROMIUM;
}
