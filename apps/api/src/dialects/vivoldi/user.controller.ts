import { Body, Controller, Get, HttpCode, Inject, Post, Put, UseGuards } from '@nestjs/common';
import { ApiSecurity, ApiTags } from '@nestjs/swagger';
import { LastSignIn, UpdateCredentials } from '@app/account';
import type { Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { AllowsPasswordChangeToken, Public, RequestedBy, SignedIn } from '../../auth/decorators';
import { Fails } from '../dialect';
import { ProfileAnswerDto, UpdatedDto } from './answers.dto';
import { ApiKeyGuard } from './api-key.guard';
import { ProfileDto } from './profile.dto';
import { UpdateDto } from './update.dto';
import { PlanGuard, UserTokenGuard } from './user-token.guard';
import { success } from './vivoldi.dialect';
import { AUTH_TOKEN_SECONDS, VIVOLDI_POLICY, type VivoldiPolicy } from './vivoldi.policy';

const UpdateFails = () =>
  Fails(
    'change.empty',
    'access-token.restricted',
    'sign-in.not-fresh',
    'email.invalid',
    'email.unavailable',
    'password.too-many-tries',
    'password.too-weak',
    'password.unchanged',
    'account.changed-meanwhile',
  );

@Public('UserTokenGuard stands in front of each route: the contract has its own header and order of checks')
@ApiTags('User')
@ApiSecurity('access-token')
@ApiSecurity({ 'access-token': [], 'api-key': [] })
@UseGuards(ApiKeyGuard, UserTokenGuard, PlanGuard)
@Controller('api/user/v1')
export class UserController {
  constructor(
    private readonly updateCredentials: UpdateCredentials,
    private readonly lastSignIn: LastSignIn,
    @Inject(VIVOLDI_POLICY) private readonly policy: VivoldiPolicy,
  ) {}

  /** The user of the token. Needs the Personal plan or higher. */
  @Get('get')
  async get(@SignedIn() session: LiveSession): Promise<ProfileAnswerDto> {
    return success(ProfileDto.of(session, await this.lastSignIn.of(session.accountId)));
  }

  /**
   * Updates the e-mail address, the password or both. Needs the Personal plan or higher, and a token of the
   * Authentication API or of a sign-in in the last 15 minutes. With both fields either both change or neither does.
   */
  @UpdateFails()
  @Put('update')
  @AllowsPasswordChangeToken()
  async update(
    @Body() dto: UpdateDto,
    @SignedIn() session: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<UpdatedDto> {
    const { accountId, credentialVersion, passwordChangeOnly } = session;
    const asker = { accountId, credentialVersion, passwordChangeOnly, signInAgeSeconds: signInAgeOf(session) };
    await this.updateCredentials.execute({ ...asker, newEmail: dto.eml, newPassword: dto.pwd }, this.policy, requester);
    return success(null);
  }

  /** The same as PUT. The page names no method. */
  @UpdateFails()
  @Post('update')
  @HttpCode(200)
  @AllowsPasswordChangeToken()
  updateByPost(
    @Body() dto: UpdateDto,
    @SignedIn() session: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<UpdatedDto> {
    return this.update(dto, session, requester);
  }
}

/** A token of the auth endpoint is always fresh; its session is known by its short life. */
function signInAgeOf({ authenticatedAt, expiresAt, now }: LiveSession): number {
  const secondsTo = (end: Date) => (end.getTime() - authenticatedAt.getTime()) / 1000;
  return secondsTo(expiresAt) <= AUTH_TOKEN_SECONDS ? 0 : secondsTo(now);
}
