// A mail server whose certificate is good, but for another host, gets no mail.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { expected, newPeople, serviceToken } from '../support/people.mjs';
import { eventually, stop, temporaryFolder } from '../support/processes.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';
import { startSmtpSink } from '../support/smtp-sink.mjs';

const REFUSED = 'Error ERR_TLS_CERT_ALTNAME_INVALID';

test('[S-140] [S-118] a mail waits while the mail server shows a certificate of another host, and goes to the host that it names', async (t) => {
  const { certFile, ...certificate } = certificateOf('localhost');
  const mails = await startSmtpSink(certificate);
  t.after(() => mails.close());
  const settings = { SMTP_URL: `smtp://127.0.0.1:${mails.port}`, NODE_EXTRA_CA_CERTS: certFile };
  const { database, env, replicas } = await startReplicas(t, 1, { settings });
  const [{ email }] = await newPeople(replicas[0], 1);
  expected(await replicas[0].ask('POST', '/account/v1/password-reset', { body: { email } }), 202);
  const delivery = async () => (await database.query('SELECT * FROM outbox_delivery'))[0];
  await eventually(async () => (await delivery()).attempts > 1, 'second attempt');
  assert.equal((await delivery()).last_error, REFUSED);

  const token = await serviceToken(replicas[0]);
  const parked = async () => (await replicas[0].askInternal('GET', '/internal/v1/outbox', { token })).body.deliveries;
  await database.query('UPDATE outbox_delivery SET attempts = 81, available_at = now()');
  await eventually(async () => (await parked()).length > 0, 'parked delivery');
  const [{ id, lastError }] = await parked();
  assert.equal(lastError, REFUSED);
  assert.deepEqual(mails.received, []);
  await stop(replicas[0]);

  const named = { ...env, SMTP_URL: `smtp://localhost:${mails.port}` };
  const replica = await startReplica(named, { earlier: replicas[0] });
  t.after(() => stop(replica, 'SIGKILL'));
  expected(await replica.askInternal('POST', `/internal/v1/outbox/${id}/retry`, { token, body: {} }), 204);
  await eventually(() => mails.received.length > 0, 'mail');
  assert.deepEqual(mails.received[0].to, [email]);
});

/** Signed by itself. */
function certificateOf(host) {
  const [keyFile, certFile] = ['key.pem', 'cert.pem'].map((name) => join(temporaryFolder(), name));
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile];
  const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const args = ['req', '-x509', ...newKey, ...name, '-days', '2', '-out', certFile];
  execFileSync('/usr/bin/openssl', args, { stdio: 'pipe' });
  return { certFile, key: readFileSync(keyFile), cert: readFileSync(certFile) };
}
