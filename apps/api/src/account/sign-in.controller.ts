import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { RefreshSession, type SessionKind, SignIn } from '@app/session';
import { Public, RequestedBy } from '../auth/decorators';
import { Fails } from '../http/fails';
import { RefreshDto, sessionTokens, SessionTokensDto, SignInDto } from './sessions.dto';

const PERSONAL_SESSION: SessionKind = { renewal: 'refresh-token', listed: true };

@Public('the body carries what proves the caller')
@ApiTags('Sessions')
@Controller('account/v1/sessions')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly refreshSession: RefreshSession,
  ) {}

  /** Signs in. The answer is the same whatever is wrong with the pair or with its account. */
  @Fails('credentials.invalid')
  @Post()
  async open(@Body() dto: SignInDto, @RequestedBy() requester: Requester): Promise<SessionTokensDto> {
    return sessionTokens(await this.signIn.execute(dto, PERSONAL_SESSION, requester));
  }

  /** The next pair of tokens for the newest refresh token of a session. */
  @Fails('refresh-token.invalid')
  @Post('refresh')
  @HttpCode(200)
  async refresh(@Body() dto: RefreshDto, @RequestedBy() requester: Requester): Promise<SessionTokensDto> {
    return sessionTokens(await this.refreshSession.execute(dto.refreshToken, requester));
  }
}
