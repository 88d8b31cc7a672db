import type { PasswordChangePolicy } from '@app/account';

/** The page's bounds, and what we read into its "complexity and diversity" (contracts, check 6). */
export const APPLIVERY_POLICY: PasswordChangePolicy = {
  currentPassword: 'always',
  password: {
    minLength: 8,
    maxLength: 128,
    require: [],
    minKinds: 3,
    minDistinct: 4,
    refuseCommon: true,
    history: 0,
    contextWords: 'address-and-name',
  },
};
