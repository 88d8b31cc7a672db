import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { IdentifyByApiKey, type LiveAccount } from '@app/account';
import type { Requester } from '@app/contracts';
import { OpenSession, type SessionKind } from '@app/session';
import { Public, RequestedBy } from '../../auth/decorators';
import { Fails } from '../dialect';
import { AuthenticatedDto } from './answers.dto';
import { ApiKeyGuard, ApiKeyPresentGuard, KeyHolder } from './api-key.guard';
import { AuthDto } from './auth.dto';
import { success } from './vivoldi.dialect';
import { AUTH_TOKEN_SECONDS, VIVOLDI_POLICY, type VivoldiPolicy } from './vivoldi.policy';

const SHORT: SessionKind = { renewal: 'none', maxSeconds: AUTH_TOKEN_SECONDS, listed: false };

@Public('the API key is the credential, and ApiKeyGuard judges it')
@ApiTags('Authentication')
@ApiSecurity('api-key')
@UseGuards(ApiKeyPresentGuard, ApiKeyGuard)
@Controller('api/user/v1')
export class AuthController {
  constructor(
    private readonly identifyByApiKey: IdentifyByApiKey,
    private readonly openSession: OpenSession,
    @Inject(VIVOLDI_POLICY) private readonly policy: VivoldiPolicy,
  ) {}

  /** Gives a token for the account of an API key. It is good for 60 seconds. */
  @Fails('plan.too-low', 'email.invalid')
  @ApiBody({ type: AuthDto, required: false })
  @Post('auth')
  @HttpCode(200)
  async auth(
    @Body() { eml }: AuthDto,
    @KeyHolder() holder: LiveAccount,
    @RequestedBy() requester: Requester,
  ): Promise<AuthenticatedDto> {
    const account = await this.identifyByApiKey.execute(holder, eml, this.policy);
    const { accessToken } = await this.openSession.execute(account, SHORT, requester);
    return success(accessToken);
  }
}
