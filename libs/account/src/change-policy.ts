import type { Plan } from './account.entity';
import type { PasswordPolicy } from './password-policy';

/** How a surface lets a person change their password. A dialect hands its own over as data. */
export interface PasswordChangePolicy {
  password: PasswordPolicy;
  /** `always`, or only `if-set`: an account that never had a password has none to prove. */
  currentPassword: 'always' | 'if-set';
}

/** How a surface changes e-mail and password at once, on the strength of the sign-in alone. */
export interface DirectChangePolicy {
  password: PasswordPolicy;
  minimumPlan: Plan;
}
