import type { Settings } from '@app/platform';
import { nobodysBudget, passwordBudget, sourceBudgets } from './password-budgets';

const settings = (changes: Partial<Settings>) => ({ accountFailures: 10, sourceFailures: 50, ...changes }) as Settings;

describe('the budgets of passwords', () => {
  it('[S-20] are an account’s, with pauses that grow and a hard stop', () => {
    expect(passwordBudget('ada', settings({}))).toEqual({
      scope: 'password',
      key: 'ada',
      maxTries: 10,
      windowSeconds: 900,
      maxInARow: 100,
      pauseGrows: true,
    });
  });

  it('are those of a name that nobody has, without the hard stop', () => {
    expect(nobodysBudget(Buffer.from([251, 255]), settings({}))).toEqual({
      scope: 'password',
      key: '-_8',
      maxTries: 10,
      windowSeconds: 900,
      pauseGrows: true,
    });
  });

  it('are a network address’s, where it is known and limited', () => {
    expect(sourceBudgets('192.0.2.1', settings({}))).toEqual([
      { scope: 'source', key: '192.0.2.1', maxTries: 50, windowSeconds: 900, pauseGrows: true, refusesAll: true },
    ]);
    expect(sourceBudgets('2001:db8:1:2::3', settings({}))).toMatchObject([{ key: '2001:db8:1:2::/64' }]);
    expect(sourceBudgets(null, settings({}))).toEqual([]);
    expect(sourceBudgets('192.0.2.1', settings({ sourceFailures: 0 }))).toEqual([]);
  });
});
