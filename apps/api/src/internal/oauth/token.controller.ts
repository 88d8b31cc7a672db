import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiConsumes, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { DomainError } from '@app/contracts';
import { type Scope, SERVICE_TOKEN_SECONDS, type ServiceClient, ServiceTokens } from '@app/session';
import { Public } from '../../auth/decorators';
import { Fails } from '../../http/fails';
import { AuthenticatedClient, ServiceClientGuard } from './service-client.guard';
import { TokenDto, TokenRequestDto } from './token.dto';

@Public('ServiceClientGuard stands in its place: a client has no token yet')
@UseGuards(ServiceClientGuard)
@ApiTags('Tokens')
@Controller('oauth2/token')
export class TokenController {
  constructor(private readonly tokens: ServiceTokens) {}

  /** An access token for a service (client credentials, RFC 6749 4.4). */
  @Fails('grant-type.unsupported', 'scope.invalid')
  @Post()
  @HttpCode(200)
  @RouteConfig({ body: 'form' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiSecurity('service-client')
  async issue(@Body() request: TokenRequestDto, @AuthenticatedClient() client: ServiceClient): Promise<TokenDto> {
    if (request.grant_type !== 'client_credentials') throw new DomainError('grant-type.unsupported');
    const scopes = grantedScopes(client, request.scope);
    return {
      access_token: await this.tokens.mint(client, scopes),
      token_type: 'Bearer',
      expires_in: SERVICE_TOKEN_SECONDS,
      scope: scopes.join(' '),
    };
  }
}

/** All of the client's without a request; an empty one counts as none (RFC 6749 3.2). */
function grantedScopes({ scopes }: ServiceClient, requested = ''): Scope[] {
  const names = requested.split(' ').filter((name) => name !== '');
  if (!names.every((name) => scopes.some((scope) => scope === name))) throw new DomainError('scope.invalid');
  return names.length === 0 ? scopes : scopes.filter((scope) => names.includes(scope));
}
