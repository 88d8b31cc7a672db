import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IdentifyByApiKey, type LiveAccount } from '@app/account';
import { DomainError } from '@app/contracts';
import { Fails } from '../dialect';

const API_KEY = /^apikey(?: +([^ ].*)?)?$/i;

/** With the account that its key acts for, once `ApiKeyGuard` has found it. */
type KeyedRequest = FastifyRequest & { keyHolder: LiveAccount };

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<KeyedRequest>();

/** The key of `Authorization: APIKey <key>`; `null` without that scheme: other schemes are none of this contract's. */
function apiKeyOf(context: ExecutionContext): string | null {
  const { authorization = '' } = requestOf(context).headers;
  const found = API_KEY.exec(authorization);
  return found && (found[1] ?? '');
}

/** Behind both guards. */
export const KeyHolder = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context).keyHolder);

/** The page shows update without a key, the vendor's conventions with one: it may be absent, but not wrong. */
@Injectable()
@Fails('api-key.invalid')
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly identifyByApiKey: IdentifyByApiKey) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const apiKey = apiKeyOf(context);
    if (apiKey !== null) requestOf(context).keyHolder = await this.identifyByApiKey.holderOf(apiKey);
    return true;
  }
}

/** In front of `ApiKeyGuard` where the key is the whole credential. */
@Injectable()
export class ApiKeyPresentGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (apiKeyOf(context) === null) throw new DomainError('api-key.invalid');
    return true;
  }
}
