import { type Surface, SurfaceRegistry } from './surface';

const surface = (name: string, prefixes: string[], listener: Surface['listener'] = 'public'): Surface => ({
  name,
  listener,
  prefixes,
  cors: false,
  renderError: () => ({ status: 500, body: undefined }),
});

describe('SurfaceRegistry', () => {
  const registry = new SurfaceRegistry();
  registry.register(surface('public problems', ['/']));
  registry.register(surface('internal problems', ['/'], 'internal'));
  registry.register(surface('v1', ['/v1/']));
  registry.register(surface('nested', ['/v1/users/', '/other/']));
  registry.register(surface('pages', ['/pages/'], 'both'));

  it.each([
    ['/v1/x', 'public', 'v1'],
    ['/v1', 'public', 'v1'],
    ['/v1/users/7', 'public', 'nested'],
    ['/v1/usersx', 'public', 'v1'],
    ['/v12/x', 'public', 'public problems'],
    ['/other/x', 'public', 'nested'],
    ['/', 'public', 'public problems'],
    ['/v1/x', 'internal', 'internal problems'],
    ['/pages/x', 'internal', 'pages'],
    ['/pages/x', 'public', 'pages'],
  ] as const)('gives %s of the %s listener to the longest fitting prefix: %s', (path, side, name) => {
    expect(registry.for(path, side).name).toBe(name);
  });

  it.each([
    ['that is taken', surface('x', ['/v1/']), 'is taken'],
    ['that is taken on one of both listeners', surface('x', ['/v1/'], 'both'), 'is taken'],
    ['that a surface of both listeners has', surface('x', ['/pages/'], 'internal'), 'is taken'],
    ['without a last slash', surface('x', ['/v2']), 'must begin and end with /'],
    ['without a first slash', surface('x', ['v2/']), 'must begin and end with /'],
  ])('refuses a prefix %s', (_which, other, reason) => {
    expect(() => registry.register(other)).toThrow(reason);
  });
});
