import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiConsumes, ApiExtraModels, ApiOkResponse, ApiSecurity, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Requester } from '@app/contracts';
import { IntrospectToken, type LiveToken, RevokeToken, type ServiceIdentity } from '@app/session';
import { Public, RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { ActiveTokenDto, InactiveTokenDto, TokenQuestionDto } from './introspection.dto';
import { CallingService, ServiceCallerGuard } from './service-caller.guard';

@Public('ServiceCallerGuard stands in its place: callers are services, not people')
@UseGuards(ServiceCallerGuard)
@ApiTags('Tokens')
@ApiSecurity('service-client')
@ApiSecurity('service-token')
@ApiConsumes('application/x-www-form-urlencoded')
@Controller('oauth2')
export class IntrospectionController {
  constructor(
    private readonly introspectToken: IntrospectToken,
    private readonly revokeToken: RevokeToken,
  ) {}

  /** Tells whether a person's access token is good at this moment, and whose it is (RFC 7662). The next answer may differ: keep none. */
  @Post('introspect')
  @HttpCode(200)
  @RequiresScope('tokens:introspect')
  @RouteConfig({ body: 'form' })
  @ApiExtraModels(ActiveTokenDto, InactiveTokenDto)
  @ApiOkResponse({
    schema: { oneOf: [{ $ref: getSchemaPath(ActiveTokenDto) }, { $ref: getSchemaPath(InactiveTokenDto) }] },
  })
  async introspect(@Body() { token }: TokenQuestionDto): Promise<ActiveTokenDto | InactiveTokenDto> {
    const live = await this.introspectToken.execute(token);
    return live ? activeToken(live) : { active: false };
  }

  /** Ends the session of a person's token, of whichever kind, or a token of the service itself (RFC 7009). */
  @Fails('token.not-own')
  @Post('revoke')
  @HttpCode(200)
  @RequiresScope('tokens:revoke')
  @RouteConfig({ body: 'form' })
  revoke(
    @Body() { token }: TokenQuestionDto,
    @CallingService() { serviceClientId }: ServiceIdentity,
    @RequestedBy() requester: Requester,
  ): Promise<void> {
    return this.revokeToken.execute(token, serviceClientId, requester);
  }
}

function activeToken({ claims, session }: LiveToken): ActiveTokenDto {
  const { iss, aud, sub, sid, client_id, jti, iat, exp, auth_time } = claims;
  return {
    active: true,
    token_type: 'Bearer',
    ...{ iss, aud, sub, sid, client_id, jti, iat, exp, auth_time },
    email: session.email,
    email_verified: session.emailVerified,
  };
}
