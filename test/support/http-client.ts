/** One answer, read whole. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, `null` when it is empty, else the text. */
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
  text: string;
}

export type HeaderMap = Record<string, string>;

/** A caller that follows no redirect and keeps nothing. */
export class HttpClient {
  constructor(readonly baseUrl: string) {}

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
    return { status: response.status, headers: response.headers, text, body: parsed(response, text) };
  }
}

export const bearer = (token: string): HeaderMap => ({ authorization: `Bearer ${token}` });

function parsed(response: Response, text: string): unknown {
  if (text === '') return null;
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
}
