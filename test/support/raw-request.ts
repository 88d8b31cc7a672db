import { once } from 'node:events';
import { connect } from 'node:net';

/** What lines of a head, sent as they stand, are answered with: `fetch` would tidy or refuse them. */
export async function sendRaw(baseUrl: string, lines: string[], body = ''): Promise<{ status: number; text: string }> {
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (chunk: string) => (answer += chunk));
  const head = [...lines, 'Host: x', 'Connection: close', `Content-Length: ${body.length}`];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  await once(socket, 'close');
  return { status: Number(answer.split(' ', 2)[1]), text: answer.slice(answer.indexOf('\r\n\r\n') + 4) };
}
