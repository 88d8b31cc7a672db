import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Actor, LOCALES, type Locale } from '@app/contracts';
import { composeMail } from './compose-mail';
import type { DeliverySecret } from './delivery-secret';
import { ADDRESSES, changeOf, passwordChanged, SECRETS, SENDER, to } from './mail-examples';
import { ROWS, type Row } from './mail-rows';

const ACTORS: Record<string, Actor> = {
  account: { kind: 'account', accountId: 'a-1', sessionId: 's-1' },
  'another account': { kind: 'account', accountId: 'a-2', sessionId: 's-2' },
  service: { kind: 'service', clientId: 'c-1', name: 'help desk' },
  system: { kind: 'system' },
  anonymous: { kind: 'anonymous' },
};

const mailOf = (locale: Locale, { role, event }: Row, secret: DeliverySecret | null) =>
  composeMail(changeOf([event([to(role, locale)])]), { target: ADDRESSES[role], secret }, SENDER);
const mailBy = (locale: Locale, actor: Actor) => {
  const change = changeOf([passwordChanged({ recipients: [to('current', locale)] })], { actor });
  return composeMail(change, { target: ADDRESSES.current, secret: null }, SENDER);
};

const TABLE = LOCALES.flatMap((locale) => ROWS.map((row) => ({ locale, ...row })));
const ACTOR_TABLE = LOCALES.flatMap((locale) => Object.entries(ACTORS).map(([who, actor]) => ({ locale, who, actor })));

it.each(TABLE)(
  '[S-117] the HTML in $locale to the $role address about $title',
  ({ locale, secret = SECRETS, ...row }) => {
    expect(mailOf(locale, row, secret).html).toMatchSnapshot();
  },
);

it.each(TABLE.filter(({ shows }) => shows.length > 0))(
  '[S-117] the mail in $locale to the $role address about $title that lost its secret',
  ({ locale, ...row }) => {
    expect(mailOf(locale, row, null).text).toMatchSnapshot();
  },
);

it.each(ACTOR_TABLE)('[S-117] the mail in $locale about a change by $who', ({ locale, actor }) => {
  expect(mailBy(locale, actor).text).toMatchSnapshot();
});

it.each(LOCALES)('every word of every template in %s is in one of these mails', (locale) => {
  const mails = [
    ...ROWS.flatMap(({ secret = SECRETS, ...row }) => [mailOf(locale, row, secret), mailOf(locale, row, null)]),
    ...Object.values(ACTORS).map((actor) => mailBy(locale, actor)),
  ];
  const shown = mails.map(({ text }) => text).join('\n');
  expect(wordsOfTemplates(locale).filter((words) => !shown.includes(words))).toEqual([]);
});

/** What stands outside of tags, and the labels of links. */
function wordsOfTemplates(locale: Locale): string[] {
  const folder = join(__dirname, 'messages/templates', locale);
  return readdirSync(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    const labels = [...source.matchAll(/it\.link\('([^']*)'/g)].map(([, label]) => label ?? '');
    return [...labels, ...source.replace(/<%.*?%>/gs, '\n').split('\n')].map((words) => words.trim());
  });
}
