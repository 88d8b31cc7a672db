import { type Listener, requireDocumented } from './openapi.mjs';

/** One answer, read whole. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, `null` when it is empty, else the text. */
  body: any;
  text: string;
}

export type HeaderMap = Record<string, string>;

/** A caller that follows no redirect and keeps nothing, and throws at an answer that the OpenAPI documents don't list. */
export class HttpClient {
  constructor(
    readonly baseUrl: string,
    private readonly listener: Listener = 'public',
  ) {}

  get(path: string, headers: HeaderMap = {}): Promise<HttpAnswer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: HeaderMap = {}): Promise<HttpAnswer> {
    return this.send('POST', path, body, headers);
  }

  put(path: string, body?: unknown, headers: HeaderMap = {}): Promise<HttpAnswer> {
    return this.send('PUT', path, body, headers);
  }

  patch(path: string, body?: unknown, headers: HeaderMap = {}): Promise<HttpAnswer> {
    return this.send('PATCH', path, body, headers);
  }

  delete(path: string, headers: HeaderMap = {}): Promise<HttpAnswer> {
    return this.send('DELETE', path, undefined, headers);
  }

  /** A string body is sent as it stands, anything else as JSON. */
  async send(method: string, path: string, body: unknown, headers: HeaderMap): Promise<HttpAnswer> {
    const response = await fetch(this.baseUrl + path, {
      method,
      redirect: 'manual',
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, body: parsed(response, text) };
    requireDocumented(this.listener, method, path, answer);
    return answer;
  }
}

/** Without what differs from one request to the next. */
export function comparable({ status, text, headers }: HttpAnswer): unknown {
  const requestId = String(headers.get('x-request-id'));
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status, text: text.replace(requestId, ''), headers: kept };
}

export const bearer = (token: string): HeaderMap => ({ authorization: `Bearer ${token}` });

function parsed(response: Response, text: string): unknown {
  if (text === '') return null;
  return /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}
