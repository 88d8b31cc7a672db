import { Module } from '@nestjs/common';
import { AccountErasure } from './account-erasure';
import { AccountRepository } from './account.repository';
import { ApiKeys } from './api-keys';
import { BreachLookup } from './breach-lookup';
import { CancelEmailChange } from './cancel-email-change';
import { ChangeEmailByCode } from './change-email-by-code';
import { ChangePassword } from './change-password';
import { ChangePasswordByCode } from './change-password-by-code';
import { CheckCredentials } from './check-credentials';
import { CodeTries } from './code-tries';
import { ConfirmPasswordReset } from './confirm-password-reset';
import { CreateAccount } from './create-account';
import { CredentialChanges } from './credential-changes';
import { DisownPasswordChange } from './disown-password-change';
import { EmailClaims } from './email-claims';
import { EmailUndos } from './email-undos';
import { HoldAccount } from './hold-account';
import { IdentifyByApiKey } from './identify-by-api-key';
import { ImportAccounts } from './import-accounts';
import { LastSignIn } from './last-sign-in';
import { MailQuota } from './mail-quota';
import { MailedCodes } from './mailed-codes';
import { ManageAccount } from './manage-account';
import { NewAccounts } from './new-accounts';
import { NewPasswords } from './new-passwords';
import { NotMeLinks } from './not-me-links';
import { OldPasswords } from './old-passwords';
import { OwnPasswordTries } from './own-password-tries';
import { PasswordHistory } from './password-history';
import { PasswordProof } from './password-proof';
import { PasswordResets } from './password-resets';
import { PasswordTries } from './password-tries';
import { PendingEmailChanges } from './pending-email-changes';
import { ReadEmailChange } from './read-email-change';
import { RenewLinksConsumer } from './renew-links.consumer';
import { RequestPasswordReset } from './request-password-reset';
import { ResendEmailChange } from './resend-email-change';
import { RightPassword } from './right-password';
import { SendCode } from './send-code';
import { SignInAccounts } from './sign-in-accounts';
import { SignInProof } from './sign-in-proof';
import { StartEmailChange } from './start-email-change';
import { TakenAddresses } from './taken-addresses';
import { UndoEmailChange } from './undo-email-change';
import { UpdateCredentials } from './update-credentials';
import { VerifyEmail } from './verify-email';
import { VoidProofsConsumer } from './void-proofs.consumer';

const USE_CASES = [
  ApiKeys,
  CancelEmailChange,
  ChangeEmailByCode,
  ChangePassword,
  ChangePasswordByCode,
  CheckCredentials,
  ConfirmPasswordReset,
  CreateAccount,
  DisownPasswordChange,
  HoldAccount,
  IdentifyByApiKey,
  ImportAccounts,
  LastSignIn,
  ManageAccount,
  OldPasswords,
  ReadEmailChange,
  RequestPasswordReset,
  ResendEmailChange,
  SendCode,
  StartEmailChange,
  UndoEmailChange,
  UpdateCredentials,
  VerifyEmail,
];

/** Accounts and their credentials. Emits EmailChanged and PasswordChanged in the transaction of the change. */
@Module({
  providers: [
    ...USE_CASES,
    AccountErasure,
    AccountRepository,
    BreachLookup,
    CodeTries,
    CredentialChanges,
    EmailClaims,
    EmailUndos,
    MailQuota,
    MailedCodes,
    NewAccounts,
    NewPasswords,
    NotMeLinks,
    PasswordHistory,
    OwnPasswordTries,
    PasswordProof,
    PasswordResets,
    PasswordTries,
    PendingEmailChanges,
    RenewLinksConsumer,
    RightPassword,
    SignInAccounts,
    SignInProof,
    TakenAddresses,
    VoidProofsConsumer,
  ],
  exports: USE_CASES,
})
export class AccountModule {}
