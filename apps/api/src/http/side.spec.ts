import { constrainToSide, sideOfRoute } from './side';

describe('sideOfRoute', () => {
  it.each([
    ['/internal/v1/accounts', 'internal'],
    ['/oauth2/token', 'internal'],
    ['/dev/mailbox', 'internal'],
    ['/metrics', 'internal'],
    ['/health/live', 'both'],
    ['/api/v1/oauth2/keys', 'public'],
    ['/metricsx', 'public'],
    ['/account/v1/me', 'public'],
    ['*', 'public'],
  ])('puts %s on: %s', (url, side) => {
    expect(sideOfRoute(url)).toBe(side);
  });

  it.each([
    ['/docs', 'internal', { listener: 'internal' }],
    ['/metrics', 'public', { listener: 'public' }],
    ['/docs', 'both', undefined],
  ] as const)('lets the route %s say %s itself', (url, listener, constraints) => {
    const route = { method: 'GET', url, handler: () => {}, config: { listener } } as Parameters<
      typeof constrainToSide
    >[0];
    constrainToSide(route);
    expect(route.constraints).toEqual(constraints);
  });
});
