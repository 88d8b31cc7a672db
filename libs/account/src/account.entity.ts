import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Locale } from '@app/contracts';

export const PLANS = ['FREE', 'PERSONAL', 'PREMIUM', 'BUSINESS'] as const;
/** From the lowest to the highest. */
export type Plan = (typeof PLANS)[number];

@Entity('account')
export class Account {
  @PrimaryColumn('uuid')
  id: string;

  /** Canonical; `null` only on the tombstone of a deleted account. */
  @Column('text', { nullable: true, unique: true })
  email: string | null;

  @Column('boolean', { name: 'email_verified', default: false })
  emailVerified: boolean;

  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash: string | null;

  /** Grows with every change of credentials; whatever carries an older one is dead. */
  @Column('integer', { name: 'credential_version', default: 1 })
  credentialVersion: number;

  @Column('text', { default: 'PERSONAL' })
  plan: Plan;

  @Column('text', { default: 'en' })
  locale: Locale;

  @Column('text', { name: 'display_name', nullable: true })
  displayName: string | null;

  @Column('text', { name: 'organisation_id', nullable: true })
  organisationId: string | null;

  @Column('text', { name: 'organisation_role', nullable: true })
  organisationRole: 'owner' | 'member' | null;

  @Column('boolean', { default: false })
  disabled: boolean;

  @Column('boolean', { name: 'password_change_required', default: false })
  passwordChangeRequired: boolean;

  /** After an undo nobody signs in until the password was reset from the restored mailbox. */
  @Column('boolean', { name: 'password_reset_required', default: false })
  passwordResetRequired: boolean;

  @Column('timestamptz', { name: 'password_changed_at', nullable: true })
  passwordChangedAt: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}

/** An account that was not deleted, as use cases work with it. */
export type LiveAccount = Account & { email: string };

/** As it was read before a change of it. */
export type SeenAccount = LiveAccount & {
  /** Canonical, of a change of address that waits for its code; `null` when none does. */
  pendingEmail: string | null;
};
