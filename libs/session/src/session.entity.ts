import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A signed-in device. Good only while it has not ended and its `credentialVersion` is the account's. */
@Entity('session')
export class Session {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'account_id' })
  accountId: string;

  @Column('integer', { name: 'credential_version' })
  credentialVersion: number;

  /** False for the short sessions behind API keys: they are not shown, and are purged. */
  @Column('boolean', { default: true })
  listed: boolean;

  @Column('boolean', { name: 'password_change_only', default: false })
  passwordChangeOnly: boolean;

  /** Digest of the long-lived handle that some clients keep in place of refresh tokens. */
  @Column('bytea', { name: 'handle_hash', nullable: true, unique: true, select: false })
  handleHash: Buffer | null;

  @Column('text', { name: 'application_id', nullable: true })
  applicationId: string | null;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column('text', { nullable: true })
  device: string | null;

  @Column('text', { nullable: true })
  ip: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** When the password was last proved; never moved by a refresh. */
  @Column('timestamptz', { name: 'authenticated_at', default: () => 'now()' })
  authenticatedAt: Date;

  @Column('timestamptz', { name: 'last_seen_at', default: () => 'now()' })
  lastSeenAt: Date;

  @Column('timestamptz', { name: 'idle_expires_at' })
  idleExpiresAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  /** Its mailbox knows that a spent refresh token of it was shown again. */
  @Column('boolean', { name: 'reuse_told', default: false })
  reuseTold: boolean;
}
