import { Controller, Delete, Get, HttpCode, Param, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { type LiveSession, OwnSessions } from '@app/session';
import { Public, RequestedBy, SignedIn } from '../auth/decorators';
import { Fails } from '../http/fails';
import { EndingTokenGuard, type TokenSession } from './ending-token.guard';
import { EndSessionsQueryDto, SessionListDto } from './sessions.dto';

@ApiTags('Sessions')
@Controller('account/v1/sessions')
export class OwnSessionsController {
  constructor(private readonly sessions: OwnSessions) {}

  /** The account's live sessions, the last seen first. */
  @Get()
  async list(@SignedIn() session: LiveSession): Promise<SessionListDto> {
    const sessions = await this.sessions.list(session.accountId);
    return { sessions: sessions.map(({ id, ...rest }) => ({ id, current: id === session.id, ...rest })) };
  }

  /** Ends many sessions at once. */
  @Delete()
  @HttpCode(204)
  async endMany(
    @Query() { scope }: EndSessionsQueryDto,
    @SignedIn() { accountId, id }: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<void> {
    if (scope === 'all') await this.sessions.endAll(accountId, requester);
    else await this.sessions.endOthers(accountId, id, requester);
  }

  /** Logs out. An expired token will do, and so will one whose session has ended already. */
  @Public('EndingTokenGuard stands in front of it')
  @UseGuards(EndingTokenGuard)
  @Delete('current')
  @HttpCode(204)
  async endCurrent(@SignedIn() { accountId, id }: TokenSession, @RequestedBy() requester: Requester): Promise<void> {
    await this.sessions.endOwn(accountId, id, requester);
  }

  /** Ends one of the account's own sessions. */
  @Fails('session.not-found')
  @Delete(':id')
  @HttpCode(204)
  async end(
    @Param('id') id: string,
    @SignedIn() { accountId }: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<void> {
    await this.sessions.end(accountId, id, requester);
  }
}
