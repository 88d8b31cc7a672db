import { connect } from 'node:net';

const LONGEST_ANSWER_MS = 35_000;

/** Sends a request byte for byte as it stands, on a connection of its own: any client would tidy or refuse it. */
export async function send({ method, target, headers, body }, port) {
  const content = Buffer.from(body ?? '');
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    ...headers.map((pair) => pair.join(': ')),
  ];
  if (body !== undefined) lines.push(`Content-Length: ${content.length}`);
  const answer = await exchanged(port, Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content]));
  return parsed(answer.toString('latin1'));
}

function exchanged(port, bytes) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(LONGEST_ANSWER_MS, () => socket.destroy(new Error('There was no answer.')));
    socket.on('data', (chunk) => chunks.push(chunk));
    // Who is refused for too large a body may still be sending it.
    socket.on('error', (error) => (chunks.length === 0 ? reject(error) : resolve(Buffer.concat(chunks))));
    socket.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

/** `{status, headers, text, body}` of an answer of which each character is a byte. */
function parsed(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (!/^HTTP\/1\.1 \d{3} /.test(bytes) || end < 0) throw new Error(`This is no answer: ${JSON.stringify(bytes)}`);
  const [first, ...lines] = bytes.slice(0, end).split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/s, 2)));
  const content = bytes.slice(end + 4);
  const whole = headers.get('transfer-encoding') === 'chunked' ? unchunked(content) : content;
  const text = Buffer.from(whole, 'latin1').toString();
  const isJson = /^application\/(problem\+)?json/.test(headers.get('content-type') ?? '');
  return { status: Number(first.split(' ')[1]), headers, text, body: isJson && text ? JSON.parse(text) : text };
}

function unchunked(content) {
  const [size, rest] = content.split(/\r\n(.*)/s, 2);
  const length = parseInt(size, 16);
  return length > 0 ? rest.slice(0, length) + unchunked(rest.slice(length + 2)) : '';
}
