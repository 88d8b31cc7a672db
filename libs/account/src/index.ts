import { Account } from './account.entity';

export { type LiveAccount, type Plan, PLANS } from './account.entity';
export { AccountModule } from './account.module';
export { type ApiKey, ApiKeys } from './api-keys';
export { CancelEmailChange } from './cancel-email-change';
export { ChangeEmailByCode } from './change-email-by-code';
export { type ChangeOutcome, ChangePassword } from './change-password';
export { ChangePasswordByCode } from './change-password-by-code';
export type { DirectChangePolicy, PasswordChangePolicy } from './change-policy';
export { CheckCredentials } from './check-credentials';
export { ConfirmPasswordReset } from './confirm-password-reset';
export { CreateAccount } from './create-account';
export { type ApiKeyPolicy, IdentifyByApiKey } from './identify-by-api-key';
export { ManageAccount } from './manage-account';
export { nativePolicy, type PasswordPolicy, passwordRulesAttribute } from './password-policy';
export type { PendingEmailChange } from './pending-email-changes';
export { ReadEmailChange } from './read-email-change';
export { RequestPasswordReset } from './request-password-reset';
export { ResendEmailChange } from './resend-email-change';
export { type OpenPurpose, SendCode } from './send-code';
export { StartEmailChange } from './start-email-change';
export { UndoEmailChange } from './undo-email-change';
export { UpdateCredentials } from './update-credentials';
export { VerifyEmail } from './verify-email';

export const ACCOUNT_ENTITIES = [Account];
