import { applyDecorators } from '@nestjs/common';
import { IsIn, ValidateIf } from 'class-validator';
import type { LiveSession } from '@app/session';

/** Which sessions a change of credentials ends: all but the one that asks, or that one too. */
export type SignOut = 'others' | 'everywhere';

/** An optional field of that kind; `null` is not absence. */
export const IsSignOut = () =>
  applyDecorators(
    ValidateIf((_, value) => value !== undefined),
    IsIn(['others', 'everywhere']),
  );

/** The session that goes on. One that was opened to change the password has done what it was for. */
export function keptSessionId({ id, passwordChangeOnly }: LiveSession, signOut: SignOut = 'others'): string | null {
  return signOut === 'everywhere' || passwordChangeOnly ? null : id;
}
