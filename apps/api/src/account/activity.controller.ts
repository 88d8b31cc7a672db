import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AuditTrail } from '@app/platform';
import type { LiveSession } from '@app/session';
import { SignedIn } from '../auth/decorators';
import { ActivityQueryDto } from '../http/activity-query.dto';
import { ActivityDto, activityEvent } from './activity.dto';

@ApiTags('Account')
@Controller('account/v1/me/activity')
export class ActivityController {
  constructor(private readonly trail: AuditTrail) {}

  /** The account's own security log: what its person did, what was done to it and by whom. */
  @Get()
  async read(@Query() { after }: ActivityQueryDto, @SignedIn() { accountId }: LiveSession): Promise<ActivityDto> {
    const { entries, next } = await this.trail.ofAccount(accountId, after);
    return { events: entries.map(activityEvent), next };
  }
}
