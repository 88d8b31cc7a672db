import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface LockedPackage {
  integrity?: string;
  hasInstallScript?: true;
}

const ROOT = resolve(__dirname, '../..');
const read = (file: string): any => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

describe('the dependencies [S-139]', () => {
  const manifest = read('package.json');
  const { packages } = read('package-lock.json') as { packages: Record<string, LockedPackage> };
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

  it('have exact versions', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
  });

  it('are known by a SHA-512 of what is installed', () => {
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('run no script at their installation that nobody has decided on', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    expect(new Set(scripted)).toEqual(new Set(Object.keys(manifest.allowScripts)));
  });
});
