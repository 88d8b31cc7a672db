import type { DomainError } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { pathOf } from './request-path';
import { type Side, sideOfRequest } from './side';

/** One whole answer. A body of `undefined` is an empty one; an object is sent as JSON. */
export interface WireResponse {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** Everything under some path prefixes that answers in one format. */
export interface Surface {
  name: string;
  listener: Side | 'both';
  /** Each begins and ends with `/`. The longest one that fits a path wins. */
  prefixes: readonly string[];
  /** Whether the allowed origins may read its answers. */
  cors: boolean;
  /**
   * Any error that is met under the prefixes, unknown paths too. Must not throw. `Allow`, `Retry-After` and
   * `WWW-Authenticate` are added by the status that it picks, unless it sets them itself.
   */
  renderError(error: DomainError, request: FastifyRequest): WireResponse;
}

/** An answer that a surface's own guard has rendered already; it is sent as it stands. */
export class WireException extends Error {
  constructor(readonly response: WireResponse) {
    super(`Answered with status ${response.status}`);
    this.name = 'WireException';
  }
}

/** The surfaces of this process. A module registers its own in its constructor, so before the first request. */
@Injectable()
export class SurfaceRegistry {
  private entries: { prefix: string; surface: Surface }[] = [];

  /** Throws when a prefix is malformed, or taken on the same listener. */
  register(surface: Surface): void {
    for (const prefix of surface.prefixes) {
      this.requireFreePrefix(prefix, surface);
      this.entries.push({ prefix, surface });
    }
    this.entries.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  of(request: FastifyRequest): Surface {
    return this.for(pathOf(request.raw.url), sideOfRequest(request.raw));
  }

  for(path: string, side: Side): Surface {
    const entry = this.entries.find(
      ({ prefix, surface }) => `${path}/`.startsWith(prefix) && overlaps(surface.listener, side),
    );
    if (!entry) throw new Error(`No surface answers for unknown paths of the ${side} listener`);
    return entry.surface;
  }

  private requireFreePrefix(prefix: string, { name, listener }: Surface): void {
    if (!/^\/(.*\/)?$/.test(prefix)) throw new Error(`Prefix ${prefix} of surface ${name} must begin and end with /`);
    const taken = this.entries.some((entry) => entry.prefix === prefix && overlaps(entry.surface.listener, listener));
    if (taken) throw new Error(`Prefix ${prefix} of surface ${name} is taken`);
  }
}

function overlaps(a: Side | 'both', b: Side | 'both'): boolean {
  return a === b || a === 'both' || b === 'both';
}
