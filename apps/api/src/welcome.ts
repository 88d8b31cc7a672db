import type { Settings } from '@app/platform';

/** What the start prints. In development: where to look, whom to be, and three requests to paste. */
export function welcome(settings: Settings): string {
  const { publicUrl, internalUrl, databaseUrl, dataDir } = settings;
  if (settings.isProduction) return `Rekey serves ${publicUrl}, internally ${internalUrl}.`;
  const database = databaseUrl === undefined ? `embedded, in ${dataDir}` : 'PostgreSQL';
  return [
    `Rekey is up (database: ${database}).`,
    '',
    `  explorer    ${publicUrl}/docs`,
    `  internal    ${internalUrl}/docs`,
    ...(settings.smtpUrl === undefined ? [`  mailbox     ${internalUrl}/dev/mailbox`] : []),
    '',
    ...credentials(settings),
    '',
    'Sign in, change the password, and see the token die:',
    '',
    ...requests(settings),
  ].join('\n');
}

function credentials({ bootstrap }: Settings): string[] {
  const { account, applicationId, serviceClient } = bootstrap;
  return [
    ...(account ? [`  account     ${account.email}  ${account.password}`] : []),
    ...(account?.apiKey !== undefined ? [`  API key     ${account.apiKey}`] : []),
    ...(applicationId !== undefined ? [`  application ${applicationId}`] : []),
    ...(serviceClient ? [`  service     ${serviceClient.id}:${serviceClient.secret}`] : []),
  ];
}

function requests({ bootstrap, publicUrl }: Settings): string[] {
  const { account } = bootstrap;
  if (!account) return [];
  const json = `-H 'content-type: application/json'`;
  return [
    `TOKEN=$(curl -s ${publicUrl}/account/v1/sessions ${json} \\`,
    `  -d '{"email":"${account.email}","password":"${account.password}"}' | sed 's/.*"accessToken":"\\([^"]*\\).*/\\1/')`,
    `curl -s ${publicUrl}/v1/users/profile/change-password -H "authorization: Bearer $TOKEN" ${json} \\`,
    `  -d '{"oldPassword":"${account.password}","newPassword":"NewSecureP@ssw0rd!"}'; echo`,
    `curl -s ${publicUrl}/account/v1/me -H "authorization: Bearer $TOKEN"; echo`,
  ];
}
