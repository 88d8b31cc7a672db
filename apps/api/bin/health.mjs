// Exit code 0 when this container's API serves requests: for HEALTHCHECK.
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

const isTls = Boolean(process.env.TLS_CERT_FILE);
const options = {
  host: '127.0.0.1',
  port: process.env.PORT || 3000,
  path: '/health/ready',
  timeout: 2500,
  // Our own certificate is for our public name, not for loopback.
  rejectUnauthorized: false,
};
const request = (isTls ? getHttps : getHttp)(options, (response) => process.exit(response.statusCode === 200 ? 0 : 1));
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
