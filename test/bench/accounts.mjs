import { emailOf, PASSWORD } from './sizes.mjs';

/** Fewer than a service queues hashes for. */
const AT_ONCE = 32;

/** Signs `count` accounts from `first` in, and resolves to them with their tokens. */
export async function signedIn({ url, actions }, first, count) {
  const accounts = Array.from({ length: count }, (_, n) => ({
    email: emailOf(first + n),
    password: PASSWORD,
    basePassword: PASSWORD,
    changes: 0,
  }));
  for (let n = 0; n < count; n += AT_ONCE) {
    await Promise.all(accounts.slice(n, n + AT_ONCE).map((account) => actions.signIn(url, account)));
  }
  return accounts;
}

/** What a party answers to each request must hold `text`: a quick refusal must not pass for a quick answer. */
export async function requireAnswers(url, requests, text) {
  for (const { path, ...options } of requests) {
    const answer = await (await fetch(url + path, options)).text();
    if (!answer.includes(text)) throw new Error(`${url}${path} answered ${answer}`);
  }
}
