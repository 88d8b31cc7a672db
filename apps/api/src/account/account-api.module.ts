import { Module } from '@nestjs/common';
import { Documented } from '../explorer/surface-document';
import { ACCOUNT_DOCUMENT } from './account.docs';
import { ActivityController } from './activity.controller';
import { EmailChangeLinksController } from './email-change-links.controller';
import { EmailChangeController } from './email-change.controller';
import { EmailVerificationController } from './email-verification.controller';
import { EndingTokenStrategy } from './ending-token.guard';
import { KeptTokens } from './kept-tokens';
import { MeController } from './me.controller';
import { NotMeController } from './not-me.controller';
import { OwnSessionsController } from './own-sessions.controller';
import { PasswordResetController } from './password-reset.controller';
import { PasswordController } from './password.controller';
import { SignInController } from './sign-in.controller';
import { WellKnownController } from './well-known.controller';

/** The native API. Its errors are problem details, as those of every path that no dialect claims. */
@Documented(ACCOUNT_DOCUMENT)
@Module({
  controllers: [
    ActivityController,
    EmailChangeController,
    EmailChangeLinksController,
    EmailVerificationController,
    MeController,
    NotMeController,
    OwnSessionsController,
    PasswordController,
    PasswordResetController,
    SignInController,
    WellKnownController,
  ],
  providers: [EndingTokenStrategy, KeptTokens],
})
export class AccountApiModule {}
