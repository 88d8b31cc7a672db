import type { HeaderMap } from './http-client';

/** What the contract of `/api/v2/sdk/` asks for on every call, as its page shows it. */
export const DEVICE_HEADERS: HeaderMap = {
  'X-operating-sys-version': 'windows10.1.1',
  'X-device-fingerprint': '156aysdna213sc50',
  'X-device-ip': '192.168.1.2',
  'X-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)',
  'X-client-id': 'nTo1eRIub60vPb54WeE6aojPwYwImtl4',
};
