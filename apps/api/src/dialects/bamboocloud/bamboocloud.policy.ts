import { nativePolicy, type PasswordChangePolicy, type PasswordPolicy } from '@app/account';

/** The contract says only "the policy": NIST SP 800-63B-4's for a password used alone, whatever the native one is set to. */
export const BAMBOOCLOUD_PASSWORDS: PasswordPolicy = nativePolicy({ passwordMinLength: 15, passwordHistory: 0 });

/** Who never had a password has no old one to give. */
export const BAMBOOCLOUD_POLICY: PasswordChangePolicy = { currentPassword: 'if-set', password: BAMBOOCLOUD_PASSWORDS };
