// One alert through a mail server as people run it: Postfix from Debian, whose certificate the operator vouches for.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { changePassword, request, ROOT, signIn, startApi } from '../support/api.mjs';
import { eventually, stop, temporaryFolder } from '../support/processes.mjs';
import { readMail } from './support/read-mail.mjs';
import { startPostfix } from './support/postfix.mjs';

const MAIN = join(ROOT, 'dist/apps/api/src/main.js');
const PERSON = { email: 'zhu.li@example.org', password: 'Correct-Horse-Battery-9', locale: 'zh' };
/** Wherever a line with this is wrapped, this time or the next, the one behind it begins with a dot. */
const HOST = `${'a.'.repeat(80)}example.org`;

test('[S-140] [S-118] an alert reaches a mailbox of Postfix as it was written, once its certificate is trusted', async (t) => {
  const postfix = await startPostfix();
  t.after(() => postfix.stop());
  const settings = {
    DATA_DIR: temporaryFolder(),
    SMTP_URL: `smtp://localhost:${postfix.port}`,
    MAIL_FROM: 'Rekey 账户 <no-reply@example.org>',
    PUBLIC_URL: `http://${HOST}`,
  };
  const wary = await startApi({ args: [MAIN], env: settings });
  await createAccount(wary);
  const { accessToken } = (await signIn(wary, { email: PERSON.email, password: PERSON.password })).body;
  const answer = await changePassword(wary, accessToken, PERSON.password, 'a walk along the winter canal');
  assert.equal(answer.status, 200);
  const failed = /failed \(attempt 1\): Error (\w+)/;
  const [, reason] = await eventually(() => failed.exec(wary.output.stdout + wary.output.stderr), 'failed delivery');
  assert.match(reason, /UNABLE_TO_|SELF_SIGNED/);
  assert.deepEqual(postfix.mails(), []);
  await stop(wary);

  const api = await startApi({
    args: [MAIN],
    earlier: wary,
    env: { ...settings, NODE_EXTRA_CA_CERTS: postfix.caFile },
  });
  t.after(() => stop(api, 'SIGKILL'));
  await eventually(() => postfix.mails().length > 0, 'mail');
  const [raw, ...others] = postfix.mails();
  assert.deepEqual(others, []);
  const { headers, text, html } = readMail(raw);
  const { received, 'message-id': messageId, date, 'content-type': type, ...rest } = headers;
  assert.match(received[0], /with ESMTPS/);
  assert.deepEqual(rest, {
    'return-path': ['<no-reply@example.org>'],
    'x-original-to': ['zhu.li@example.org'],
    'delivered-to': ['zhu.li@example.org'],
    from: ['Rekey 账户 <no-reply@example.org>'],
    to: ['zhu.li@example.org'],
    subject: ['您的密码已更改'],
    'auto-submitted': ['auto-generated'],
    'content-language': ['zh'],
    'mime-version': ['1.0'],
  });
  const [id, host] = messageId.join().slice(1, -1).split('@');
  assert.match(id, /^[\w-]{36}\.[0-9a-f]{16}$/);
  assert.equal(host, HOST);
  assert.ok(Math.abs(Date.parse(date[0]) - Date.now()) < 60_000);
  assert.match(type[0], /^multipart\/alternative;/);
  for (const part of [text, html]) {
    assert.ok(part.includes('您账户的密码已在账户的会话中更改。'), part);
    assert.ok(part.includes(`http://${HOST}/not-me/`), part);
    assert.match(part, /\/not-me\/[\w-]{43}["\n]/);
    assert.doesNotMatch(part, /\uFFFD/);
  }
  assert.match(raw, /^\./m, 'no line of this mail begins with a dot');
});

async function createAccount({ internalPort }) {
  const credentials = Buffer.from('dev:dev-secret-change-me-0000000000000000').toString('base64');
  const token = await fetch(`http://127.0.0.1:${internalPort}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = await token.json();
  const body = { ...PERSON, emailVerified: true };
  const answer = await request({ port: internalPort }, 'POST', '/internal/v1/accounts', { token: access_token, body });
  assert.equal(answer.status, 201, answer.text);
}
