import { onJob } from './job.mjs';

const LEAD_SECONDS = 1;

/**
 * `clients` that each repeat `action` of a party (its `*.client.mjs`) on an account of its own, the next when the last
 * was answered. Resolves to how many a second were answered after the first second.
 */
onJob(async ({ party, url, action, accounts, seconds }) => {
  const { actions } = await import(`../parties/${party}.client.mjs`);
  const start = performance.now() + LEAD_SECONDS * 1000;
  const end = start + seconds * 1000;
  let answered = 0;
  const repeat = async (account) => {
    while (performance.now() < end) {
      await actions[action](url, account);
      if (performance.now() >= start && performance.now() < end) answered++;
    }
    return account;
  };
  const after = await Promise.all(accounts.map(repeat));
  return { perSecond: answered / seconds, accounts: after };
});
