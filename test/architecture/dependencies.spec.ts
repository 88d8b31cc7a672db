import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides: Record<string, string | Record<string, string>>;
  allowScripts: Record<string, boolean>;
}

interface LockedPackage {
  /** Left out for what comes from the registry: then the one that is set up is asked. */
  resolved?: string;
  link?: true;
  integrity?: string;
  hasInstallScript?: true;
}

const ROOT = resolve(__dirname, '../..');
const read = (file: string): any => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

const lockedIn = (file: string) =>
  Object.entries(read(file).packages as Record<string, LockedPackage>).filter(([path]) => path !== '');

describe('the dependencies [S-139]', () => {
  const manifest = read('package.json') as Manifest;
  const own = lockedIn('package-lock.json');
  const locked = [...own, ...lockedIn('test/bench/package-lock.json')];
  const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

  it('have exact versions', () => {
    const direct = { ...manifest.dependencies, ...manifest.devDependencies };
    // An override is a version, one for each package below another, or `$name`: that of our own dependency.
    const overrides = Object.values(manifest.overrides).flatMap((each) =>
      typeof each === 'string' ? [each] : Object.values(each),
    );
    const versions = [...Object.values(direct), ...overrides.map((each) => direct[each.replace(/^\$/, '')] ?? each)];
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are known by a SHA-512 of what is installed', () => {
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('come from the registry alone: no repository, no address, no folder', () => {
    expect(locked.filter(([, { resolved, link }]) => resolved !== undefined || link)).toEqual([]);
  });

  it('run no script at their installation that nobody has decided on', () => {
    const scripted = own.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    expect(new Set(scripted)).toEqual(new Set(Object.keys(manifest.allowScripts)));
  });
});
