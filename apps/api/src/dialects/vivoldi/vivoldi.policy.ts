import type { ApiKeyPolicy, DirectChangePolicy, PasswordPolicy } from '@app/account';
import type { VivoldiSettings } from './vivoldi.settings';

export const VIVOLDI_POLICY = Symbol('vivoldi policy');
export type VivoldiPolicy = DirectChangePolicy & ApiKeyPolicy;

/** A token of the auth endpoint: "valid for 1 minute" (the vendor's page). */
export const AUTH_TOKEN_SECONDS = 60;

/** The page's rule and no more: "6–30 characters long and contain a combination of letters and numbers". */
export const PAGE_PASSWORD: PasswordPolicy = {
  minLength: 6,
  maxLength: 30,
  require: ['letter', 'digit'],
  minKinds: 0,
  minDistinct: 0,
  refuseCommon: false,
  history: 0,
  contextWords: 'address',
};

export function vivoldiPolicy(settings: VivoldiSettings): VivoldiPolicy {
  return {
    minimumPlan: 'PERSONAL',
    actForMembersFrom: 'BUSINESS',
    password: { ...PAGE_PASSWORD, refuseCommon: settings.VIVOLDI_COMMON_PASSWORDS === 'refuse' },
  };
}
