import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError, type Requester } from '@app/contracts';
import type { AuditLog } from '@app/platform';
import type { ServiceTokens } from '@app/session';
import { RequiresScope, ServiceTokenGuard } from './service-token.guard';

class Routes {
  @RequiresScope('accounts:read') scoped(this: void) {}
  bare(this: void) {}
}
@RequiresScope('accounts:read')
class ScopedRoutes {
  bare(this: void) {}
}

const SHOP = { serviceClientId: 'shop', name: 'Shop', scopes: ['accounts:read'] };
const CLERK = { ...SHOP, scopes: ['accounts:write'] };

describe('the guard of a service’s route', () => {
  /** Of two tokens that are good. */
  const tokens = {
    verify: (token: string) =>
      token in identities
        ? Promise.resolve(identities[token])
        : Promise.reject(new DomainError('access-token.invalid')),
  } as unknown as ServiceTokens;
  const noted: unknown[] = [];
  const audit = {
    note: (action: string, accountId: null, { actor }: Requester) => {
      noted.push([action, accountId, actor]);
      return Promise.resolve();
    },
  } as unknown as AuditLog;
  const identities: Record<string, object> = { shop: SHOP, clerk: CLERK };

  const ask = async (
    authorization?: string,
    handler: () => void = Routes.prototype.scoped,
    controller: object = Routes,
  ) => {
    const request: { headers: object; ip: string; user?: object } = { headers: { authorization }, ip: '192.0.2.1' };
    const context = {
      getHandler: () => handler,
      getClass: () => controller,
      switchToHttp: () => ({ getRequest: () => request }),
    };
    const passed = await new ServiceTokenGuard(new Reflector(), tokens, audit).canActivate(
      context as unknown as ExecutionContext,
    );
    return { passed, user: request.user };
  };

  it('lets a service with the scope through, by its name', async () => {
    expect(await ask('Bearer shop')).toEqual({ passed: true, user: SHOP });
    expect(await ask('Bearer shop', ScopedRoutes.prototype.bare, ScopedRoutes)).toEqual({ passed: true, user: SHOP });
  });

  it.each([
    ['no token', undefined, 'access-token.missing'],
    ['a bad token', 'Bearer x', 'access-token.invalid'],
    ['a token of another scope', 'Bearer clerk', 'scope.missing'],
  ])('[S-110] refuses %s', async (_what, authorization, code) => {
    await expect(ask(authorization)).rejects.toMatchObject({ code });
  });

  it('[S-132] writes down who wanted what is not in its scopes', async () => {
    noted.length = 0;
    await ask('Bearer x').catch(() => undefined);
    await ask('Bearer clerk').catch(() => undefined);
    await ask('Bearer shop');
    expect(noted).toEqual([['service.scope-missing', null, { kind: 'service', clientId: 'shop', name: 'Shop' }]]);
  });

  it('[S-110] refuses everybody where the route names no scope', async () => {
    await expect(ask('Bearer shop', Routes.prototype.bare)).rejects.toMatchObject({ code: 'scope.missing' });
  });
});
