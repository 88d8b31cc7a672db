import { bootMailingApi, type MailingApi } from '../support/boot-mailing-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { codeIn, mailText } from '../support/mailed';
import { aPerson, confirmEmailChange, startEmailChange } from './native-driver';
import { emailOf } from './undo-driver';

const TYPED = 'Ada@BÜCHER.example';
const STORED = 'ada@xn--bcher-kva.example';

describe('a code for an address in an international domain', () => {
  let mailing: MailingApi;
  /** To the letter: what the server makes of them has domains in Unicode. */
  let commands: string[];
  beforeEach(async () => {
    mailing = await bootMailingApi();
    commands = [];
    await mailing.serve({ logger: { debug: (_, __, line) => void commands.push(String(line)) } });
  });
  afterEach(() => mailing.close());

  const recipients = () => commands.filter((line) => line.startsWith('RCPT'));

  function mailedCode(): string {
    const mail = mailing.received().find(({ raw }) => raw.includes(`To: ${STORED}\r\n`));
    return codeIn({ text: mailText(mail?.raw ?? '') });
  }

  it('[S-57] [S-59] goes to the one address that is stored afterwards, in ASCII', async () => {
    const { account, headers } = await aPerson(mailing.api);
    await startEmailChange(mailing.api, headers, TYPED);
    await mailing.api.drain();
    expect(recipients().sort()).toEqual([`RCPT TO:<${STORED}>`, `RCPT TO:<${account.email}>`].sort());
    expect((await confirmEmailChange(mailing.api, headers, mailedCode())).status).toBe(200);
    expect(await emailOf(mailing.api, account)).toBe(STORED);
  });

  it('[S-57] [S-59] goes there by the BambooCloud contract too', async () => {
    const { account, headers } = await aPerson(mailing.api);
    const { http } = mailing.api;
    await http.post('/api/v2/sdk/email/send', { email: TYPED, type: 'UPDATE_EMAIL_EMS' }, DEVICE_HEADERS);
    await mailing.api.drain();
    expect(recipients()).toEqual([`RCPT TO:<${STORED}>`]);
    const body = { email: TYPED, verify_code: mailedCode() };
    const update = await http.post('/api/v2/sdk/profile/update-email', body, { ...DEVICE_HEADERS, ...headers });
    expect(update.status).toBe(200);
    expect(await emailOf(mailing.api, account)).toBe(STORED);
  });
});
