import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { DomainError } from '@app/contracts';
import { type IssuedTokens, Liveness, RefreshSession, SignIn } from '@app/session';
import { Public, RequestedBy } from '../../auth/decorators';
import { Fails } from '../dialect';
import { RefreshedDto, SignedInDto } from './answers.dto';
import { success } from './applivery.dialect';
import { LoginDto, RefreshDto, type TokenPairDto } from './auth.dto';
import { profileOf } from './profile.dto';

@Public('signing in and refreshing are how one gets a token')
@ApiTags('Auth')
@Controller('v1/auth')
export class AppliveryAuthController {
  constructor(
    private readonly signIn: SignIn,
    private readonly refreshSession: RefreshSession,
    private readonly liveness: Liveness,
  ) {}

  /** Signs in. The answer is the same whatever is wrong with the pair. */
  @Fails('credentials.invalid')
  @Post('login')
  @HttpCode(200)
  async login(@Body() { payload }: LoginDto, @RequestedBy() requester: Requester): Promise<SignedInDto> {
    const tokens = await this.signIn.execute(payload, { renewal: 'refresh-token', listed: true }, requester);
    const session = await this.liveness.of(tokens.sessionId);
    // The password was changed while it was being proved: the tokens are dead already.
    if (!session?.live) throw new DomainError('credentials.invalid');
    return success({ ...pairOf(tokens), user: profileOf(session) });
  }

  /** The next pair of tokens. Each refresh token works once. */
  @Fails('refresh-token.invalid')
  @Post('refresh')
  @HttpCode(200)
  async refresh(@Body() { refreshToken }: RefreshDto, @RequestedBy() requester: Requester): Promise<RefreshedDto> {
    return success(pairOf(await this.refreshSession.execute(refreshToken, requester)));
  }
}

function pairOf({ accessToken, accessTokenExpiresAt, renewalToken, sessionExpiresAt }: IssuedTokens): TokenPairDto {
  return {
    accessToken: { token: accessToken, expireAt: accessTokenExpiresAt.toISOString() },
    refreshToken: { token: renewalToken ?? '', expireAt: sessionExpiresAt.toISOString() },
  };
}
