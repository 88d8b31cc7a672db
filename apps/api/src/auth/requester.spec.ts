import type { FastifyRequest } from 'fastify';
import { requesterOf } from './requester';

describe('who asks', () => {
  const asked = (changes: object = {}, device?: string | null) => {
    const request = { id: 'request-1', ip: '192.0.2.1', headers: { 'user-agent': 'curl' }, ...changes };
    return requesterOf(request as unknown as FastifyRequest, device);
  };

  it('is nobody known without a token', () => {
    expect(asked()).toEqual({
      actor: { kind: 'anonymous' },
      requestId: 'request-1',
      ip: '192.0.2.1',
      userAgent: 'curl',
      device: null,
    });
  });

  it.each([undefined, null, 'ada', {}, { name: 'ada' }])('is nobody known as %p', (user) => {
    expect(asked({ user }).actor).toEqual({ kind: 'anonymous' });
  });

  it('is the person of a session', () => {
    expect(asked({ user: { id: 's', accountId: 'a', email: 'ada@example.com' } }).actor).toEqual({
      kind: 'account',
      accountId: 'a',
      sessionId: 's',
    });
  });

  it('is a service by its token, never a person', () => {
    const user = { serviceClientId: 'shop', name: 'Shop', accountId: 'a', scopes: [] };
    expect(asked({ user }).actor).toEqual({ kind: 'service', clientId: 'shop', name: 'Shop' });
  });

  it.each(['unknown', '_hidden', '1.2.3:4711', 'call evil.example', ''])(
    '[S-25] [S-115] comes from the proxy that passes on "%s", which is no address',
    (ip) => {
      expect(asked({ ip, socket: { remoteAddress: '10.0.0.1' } }).ip).toBe('10.0.0.1');
      expect(asked({ ip, socket: {} }).ip).toBeNull();
    },
  );

  it.each([
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:db8::1:4711', '2001:db8::1:4711'],
  ])('[S-25] comes from an address, whatever the port: %s', (ip, address) => {
    expect(asked({ ip }).ip).toBe(address);
  });

  it('[S-133] says of itself one line of sane length', () => {
    const text = ` a\r\n\0b${'c'.repeat(400)}`;
    expect(asked({}, text).device).toBe(`a b${'c'.repeat(297)}`);
    expect(asked({ headers: { 'user-agent': text } }).userAgent).toBe(`a b${'c'.repeat(297)}`);
  });

  it.each([undefined, null, '', ' ', '\u202e'])('says nothing of itself with %p', (text) => {
    expect(asked({ headers: { 'user-agent': text } }, text)).toMatchObject({ userAgent: null, device: null });
  });
});
