import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, freePort, run, start, stop, temporaryFolder } from '../../support/processes.mjs';

/** Debian's user for what belongs to nobody: the mailboxes. */
const NOBODY = 65534;

/**
 * Postfix as Debian has it, an instance of its own: it takes mail for `@example.org` over TLS only, by a certificate
 * for `localhost` that `caFile` vouches for, and sends nothing anywhere. Needs root, to install it and to run it.
 */
export async function startPostfix() {
  if (!existsSync('/usr/sbin/postfix')) install();
  const [folder, port] = [temporaryFolder(), await freePort()];
  const at = (name) => join(folder, name);
  for (const name of ['config', 'queue', 'data', 'mail']) mkdirSync(at(name));
  // Its processes run under several users.
  chmodSync(folder, 0o755);
  chownSync(at('mail'), NOBODY, NOBODY);
  chownSync(at('data'), Number(execFileSync('id', ['-u', 'postfix'])), NOBODY);
  makeCertificate(folder);
  writeFileSync(at('config/main.cf'), mainSettings(folder));
  writeFileSync(at('config/master.cf'), services(port));
  const server = start('/usr/sbin/postfix', ['-c', at('config'), 'start-fg']);
  const log = () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : '');
  await eventually(() => log().includes('daemon started'), 'Postfix');
  return {
    port,
    caFile: at('ca.pem'),
    log,
    /** What it has delivered, whoever to, as it stands in the mailbox. */
    mails: () => {
      const box = at('mail/box/new');
      return existsSync(box) ? readdirSync(box).map((file) => readFileSync(join(box, file), 'utf8')) : [];
    },
    stop: async () => {
      await run('/usr/sbin/postfix', ['-c', at('config'), 'stop']);
      await stop(server);
    },
  };
}

/** Without a configuration, so that Debian starts no mail server of its own. */
function install() {
  const options = { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  execFileSync('/usr/bin/debconf-set-selections', {
    ...options,
    input: 'postfix postfix/main_mailer_type select No configuration\n',
  });
  execFileSync('apt-get', ['update', '-q'], options);
  execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', 'postfix'], options);
}

function makeCertificate(folder) {
  const openssl = (...args) =>
    execFileSync('/usr/bin/openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA');
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost');
  const signedBy = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signedBy);
}

const mainSettings = (folder) => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = mail.example.org
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = ${folder}/server.pem
smtpd_tls_key_file = ${folder}/server.key
virtual_mailbox_domains = example.org
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
default_transport = error:nothing leaves
`;

const services = (port) => `
127.0.0.1:${port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
virtual unix - n n - - virtual
`;
