import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { WireException } from '../http/surface';
import { messagePage } from './error-page';
import { localeOf } from './locale';

const FOREIGN = ['cross-site', 'same-site'];

/**
 * Forms that another site sends are refused (Fetch Metadata). Only a second lock: there is no cookie here that such
 * a form could ride on, and it would have to bring the mailed token itself. `Origin` says nothing under
 * `Referrer-Policy: no-referrer`, and what is no browser sends neither.
 */
@Injectable()
export class OwnFormGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isForeign = FOREIGN.includes(String(request.headers['sec-fetch-site']));
    // A link in a webmail is foreign too, and changes nothing.
    if (request.method === 'POST' && isForeign) {
      throw new WireException(messagePage(403, localeOf(request), 'foreignForm'));
    }
    return true;
  }
}
