import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '@app/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EdgeHeaders } from './edge-headers';
import { renderProblem } from './problem';

/** By the code of Node's own error; every other one is a 400. */
const STATUS_BY_CODE: Partial<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers for what dies before routing: one neutral problem, in no surface's format, with nothing of the request in it. */
export class EarlyErrors {
  constructor(
    private readonly headers: EdgeHeaders,
    private readonly publicUrl: string,
  ) {}

  /** Fastify's `frameworkErrors`: a path that can't be decoded, or a parameter of monstrous length. */
  readonly answerBadUrl = (_error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const { head, body } = this.answer(400, request.id);
    void reply.code(400).headers(Object.fromEntries(head)).send(body);
  };

  /** The `clientError` event of a server: no request could be read from the socket. */
  readonly answerBadRequest = (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = STATUS_BY_CODE[error.code ?? ''] ?? 400;
    const { head, body } = this.answer(status, randomUUID());
    head.set('content-length', String(Buffer.byteLength(body))).set('connection', 'close');
    const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...[...head].map((pair) => pair.join(': '))];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  };

  private answer(status: number, requestId: string): { head: Map<string, string>; body: string } {
    const problem = renderProblem(new DomainError('request.malformed'), { publicUrl: this.publicUrl, requestId });
    const head = new Map([...this.headers, ...Object.entries(problem.headers ?? {}), ['x-request-id', requestId]]);
    return { head, body: JSON.stringify({ ...(problem.body as object), status }) };
  }
}
