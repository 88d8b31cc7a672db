import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ChangePassword, nativePolicy, passwordRulesAttribute } from '@app/account';
import type { Requester } from '@app/contracts';
import { Settings } from '@app/platform';
import type { LiveSession } from '@app/session';
import { AllowsPasswordChangeToken, Public, RequestedBy, SignedIn } from '../auth/decorators';
import { Fails } from '../http/fails';
import { KeptTokens } from './kept-tokens';
import { passwordRules } from './password-rules';
import { ChangePasswordDto, PasswordChangedDto, PasswordPolicyDto } from './password.dto';
import { keptSessionId } from './sign-out';

@ApiTags('Password')
@Controller('account/v1')
export class PasswordController {
  constructor(
    private readonly changePassword: ChangePassword,
    private readonly keptTokens: KeptTokens,
    private readonly settings: Settings,
  ) {}

  /** Changes the password. Every earlier token is dead when the answer is sent, the asking one too. */
  @Fails(
    'password.current-wrong',
    'password.too-many-tries',
    'password.too-weak',
    'password.unchanged',
    'account.changed-meanwhile',
  )
  @Put('me/password')
  @AllowsPasswordChangeToken()
  async change(
    @Body() { currentPassword, newPassword, signOut }: ChangePasswordDto,
    @SignedIn() session: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<PasswordChangedDto> {
    const { accountId } = session;
    const { passwordChangedAt, ...outcome } = await this.changePassword.execute(
      { accountId, currentPassword, newPassword, keepSessionId: keptSessionId(session, signOut) },
      { password: nativePolicy(this.settings), currentPassword: 'always' },
      requester,
    );
    return { passwordChangedAt, ...(await this.keptTokens.after(outcome)) };
  }

  /** What a new password must be. */
  @Public('a form shows it before anybody is signed in')
  @Get('password-policy')
  readPolicy(): PasswordPolicyDto {
    const policy = nativePolicy(this.settings);
    const { minLength, maxLength } = policy;
    const rules = passwordRules(policy, this.settings.breachLookupUrl !== undefined);
    return { minLength, maxLength, rules, passwordrules: passwordRulesAttribute(policy) };
  }
}
