import type { Requester } from '@app/contracts';
import { ContinueSession, type IssuedTokens, SignIn } from '@app/session';
import { Body, Controller, Headers, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Public } from '../../auth/decorators';
import { Fails } from '../dialect';
import { IdTokenDto, SignedInDto } from './answers.dto';
import { DescribesHeaders } from './bamboocloud.docs';
import { RequestedByDevice } from './device';
import { DeviceInformationGuard } from './device-information.guard';
import { LoginDto } from './login.dto';
import { ApplicationId, RegisteredApplicationGuard } from './registered-application.guard';

@Public('a password, or the session token of an earlier sign-in, is the proof')
@ApiTags('Sign-in')
@DescribesHeaders()
@Controller('api/v2/sdk')
@UseGuards(DeviceInformationGuard, RegisteredApplicationGuard)
export class BamboocloudSignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly continueSession: ContinueSession,
  ) {}

  /** Signs in with e-mail and password. */
  @Fails('credentials.invalid')
  @Post('login')
  @HttpCode(200)
  async login(
    @Body() { user_name, password }: LoginDto,
    @ApplicationId() applicationId: string,
    @RequestedByDevice() requester: Requester,
  ): Promise<SignedInDto> {
    const kind = { renewal: 'handle', listed: true, applicationId } as const;
    const tokens = await this.signIn.execute({ email: user_name, password }, kind, requester);
    // No session token: what could be made of it is good for nothing but the change of password either.
    if (tokens.passwordChangeRequired) return { status: 'PASSWORD_EXPIRED', id_token: tokens.accessToken };
    const { session_token, expire, id_token } = sessionOf(tokens);
    return { session_token, expire, status: 'SUCCESS', id_token };
  }

  /** A fresh IdToken for a session token, which stays the same. */
  @ApiHeader({ name: 'session-token', description: 'The `session_token` of a login', required: true })
  @Fails('session-token.invalid')
  @Post('sso/session-token/id-token')
  @HttpCode(200)
  async refreshIdToken(
    @Headers('session-token') sessionToken: string | undefined,
    @ApplicationId() applicationId: string,
  ): Promise<IdTokenDto> {
    return sessionOf(await this.continueSession.byHandle(sessionToken ?? '', applicationId));
  }
}

/** `expire`: for how many seconds the session token lasts at most, as the vendor says; not the IdToken. */
function sessionOf({ renewalToken, accessToken, accessTokenExpiresAt, expiresIn, sessionExpiresAt }: IssuedTokens) {
  const issuedAt = accessTokenExpiresAt.getTime() / 1000 - expiresIn;
  const expire = Math.floor(sessionExpiresAt.getTime() / 1000 - issuedAt);
  // Every session of this contract has one.
  return { session_token: renewalToken as string, expire, id_token: accessToken };
}
