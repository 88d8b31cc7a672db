import type { SMTPServerOptions } from 'smtp-server';
import type { Settings } from '@app/platform';
import { Mailer } from '../../libs/notifications/src/mailer';
import { bootApi, type TestApi } from './boot-api';
import { type MailServer, type ReceivedMail, startMailServer } from './mail-server';

interface DeliveryRow {
  id: string;
  status: 'due' | 'done' | 'parked';
  attempts: number;
  last_error: string | null;
  has_secret: boolean;
  has_lease: boolean;
  /** Seconds until the next attempt. */
  waits: number;
}

/** The whole service with an SMTP server that comes and goes, always on the same port. */
export interface MailingApi {
  api: TestApi;
  /** In place of the one that may be there. */
  serve(options?: SMTPServerOptions): Promise<MailServer>;
  /** From now on nobody listens. */
  stopServing(): Promise<void>;
  /** Whatever server has accepted it, in order. */
  receivedBy(address: string): ReceivedMail[];
  received(): ReceivedMail[];
  /** The only delivery to an address. */
  deliveryTo(address: string): Promise<DeliveryRow>;
  close(): Promise<void>;
}

export async function bootMailingApi(
  changes: Partial<Settings> = {},
  mailer?: (port: number) => Mailer,
): Promise<MailingApi> {
  let server: MailServer | undefined = await startMailServer();
  const servers = [server];
  const { port } = server;
  const settings = { smtpUrl: `smtp://127.0.0.1:${port}`, mailFrom: 'rekey@example.org', ...changes };
  const api = await bootApi(settings, (builder) =>
    mailer ? builder.overrideProvider(Mailer).useValue(mailer(port)) : builder,
  );
  const stopServing = async () => {
    await server?.close();
    server = undefined;
  };
  const received = () => servers.flatMap((each) => each.received);
  return {
    api,
    serve: async (options) => {
      await stopServing();
      server = await startMailServer(options, port);
      servers.push(server);
      return server;
    },
    stopServing,
    received,
    receivedBy: (address) => received().filter(({ recipients }) => recipients.includes(address)),
    deliveryTo: async (address) => {
      const [row, ...others] = await api.dataSource.query<DeliveryRow[]>(DELIVERY, [address]);
      if (!row || others.length > 0) throw new Error(`There is not one delivery to ${address}.`);
      return row;
    },
    close: async () => {
      await stopServing();
      await api.close();
    },
  };
}

const DELIVERY = `
  SELECT id, status, attempts, last_error, sealed IS NOT NULL AS has_secret, lease IS NOT NULL AS has_lease,
    extract(epoch FROM available_at - now())::float AS waits
  FROM outbox_delivery WHERE target = $1`;
