import type { IncomingMessage } from 'node:http';
import { TrustedProxies } from './trusted-proxies';

describe('TrustedProxies', () => {
  const proxies = new TrustedProxies(['loopback', '192.0.2.7', '198.51.100.0/24', '2001:db8::/32']);

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '192.0.2.7', '198.51.100.200', '2001:db8::1'])(
    'include %s [S-25]',
    (address) => expect(proxies.includes(address)).toBe(true),
  );

  it.each(['192.0.2.8', '198.51.101.1', '2001:db9::1', '::ffff:192.0.2.8', 'unknown', '_hidden', '', undefined])(
    'do not include %s [S-25]',
    (address) => expect(proxies.includes(address)).toBe(false),
  );

  it.each([
    ['127.0.0.1', true],
    ['192.0.2.8', false],
    [undefined, false],
  ])('have sent what comes from %s: %s [S-25]', (remoteAddress, isTrusted) => {
    expect(proxies.sent({ socket: { remoteAddress } } as IncomingMessage)).toBe(isTrusted);
  });

  it('include nobody when none is named', () => {
    expect(new TrustedProxies([]).includes('127.0.0.1')).toBe(false);
  });

  it.each([
    ['linklocal', '169.254.1.1'],
    ['linklocal', 'fe80::1'],
    ['uniquelocal', '10.1.2.3'],
    ['uniquelocal', '172.31.0.1'],
    ['uniquelocal', '192.168.1.1'],
    ['uniquelocal', 'fd00::1'],
  ])('know %s by name: %s', (name, address) => {
    expect(new TrustedProxies([name]).includes(address)).toBe(true);
  });
});
