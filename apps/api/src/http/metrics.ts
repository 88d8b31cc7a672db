import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '@app/contracts';
import { sideOfRequest } from './side';

/** From a guarded read to a change that waits for its hashes. */
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What this process counts. Labels come from lists of ours, never from what a caller sent. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'rekey_http_request_duration_seconds',
    help: 'Answered requests, by the pattern of their route',
    labelNames: ['listener', 'method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  private readonly errors = new Counter({
    name: 'rekey_errors_total',
    help: 'Errors that were answered, by the code of docs/errors.md',
    labelNames: ['code'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  countError(code: ErrorCode): void {
    this.errors.inc({ code });
  }

  observeRequests(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const { url: route = 'unknown', method = 'unknown' } = request.routeOptions;
      const labels = { listener: sideOfRequest(request.raw), method: String(method), route, status: reply.statusCode };
      this.requests.observe(labels, reply.elapsedTime / 1000);
      done();
    });
  }
}
