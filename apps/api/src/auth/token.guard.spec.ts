import type { ExecutionContext } from '@nestjs/common';
import type { IAuthGuard } from '@nestjs/passport';
import { AllowsPasswordChangeToken, Public, TellsAccountGoneLater } from './decorators';
import { AccessTokenGuard } from './token.guard';

class Routes {
  plain(this: void) {}
  @Public('of a test') open(this: void) {}
  @AllowsPasswordChangeToken() forRestricted(this: void) {}
  @TellsAccountGoneLater() forGone(this: void) {}
}
@Public('of a test')
class OpenRoutes {
  plain(this: void) {}
}

const contextOf = (handler: () => void, controller: object = Routes) =>
  ({ getHandler: () => handler, getClass: () => controller }) as unknown as ExecutionContext;
const { plain, open, forRestricted, forGone } = Routes.prototype;

describe('the guard of a route', () => {
  /** As passport calls it with what the strategy found. */
  const guard = new AccessTokenGuard() as AccessTokenGuard & Pick<IAuthGuard, 'handleRequest'>;
  const live = { accountGone: false, passwordChangeOnly: false };
  const judged = (user: object | null | false, handler = plain, info?: unknown) =>
    guard.handleRequest(null, user, info, contextOf(handler));

  it('lets a live session through', () => {
    expect(judged(live)).toBe(live);
  });

  it('[S-99] lets nobody through when nobody could judge', () => {
    expect(() => guard.handleRequest(new Error('no answer'), live, undefined, contextOf(plain))).toThrow('no answer');
  });

  it.each([
    ['no token', new Error('No auth token'), 'access-token.missing'],
    ['a bad token', new Error('jwt malformed'), 'access-token.invalid'],
    ['a bad token', undefined, 'access-token.invalid'],
    ['a bad token', { message: 'No auth token' }, 'access-token.invalid'],
  ])('[S-110] refuses %s', (_what, info, code) => {
    for (const nobody of [null, false] as const) {
      expect(() => judged(nobody, plain, info)).toThrow(expect.objectContaining({ code }));
    }
  });

  it('refuses a deleted account, except where the use case says it', () => {
    const gone = { ...live, accountGone: true };
    expect(() => judged(gone)).toThrow(expect.objectContaining({ code: 'account.gone' }));
    expect(() => judged(gone, forRestricted)).toThrow(expect.objectContaining({ code: 'account.gone' }));
    expect(judged(gone, forGone)).toBe(gone);
  });

  it('[S-9] refuses who must change the password first, except for that', () => {
    const restricted = { ...live, passwordChangeOnly: true };
    expect(() => judged(restricted)).toThrow(expect.objectContaining({ code: 'access-token.restricted' }));
    expect(() => judged(restricted, forGone)).toThrow(expect.objectContaining({ code: 'access-token.restricted' }));
    expect(judged(restricted, forRestricted)).toBe(restricted);
  });

  it('[S-110] asks for a token wherever a route or its controller is not marked as public', async () => {
    expect(guard.canActivate(contextOf(open))).toBe(true);
    expect(guard.canActivate(contextOf(OpenRoutes.prototype.plain, OpenRoutes))).toBe(true);
    const asked = new AccessTokenGuard().canActivate({
      ...contextOf(plain),
      switchToHttp: () => ({ getRequest: () => ({ headers: {} }), getResponse: () => ({}) }),
    } as ExecutionContext);
    await expect(asked).rejects.toThrow('Unknown authentication strategy');
  });
});
