import { Injectable } from '@nestjs/common';
import { PasswordHasher, type RetentionRule, Settings, type Tx } from '@app/platform';
import { DataSource } from 'typeorm';
import type { LiveAccount } from './account.entity';

/** Hashes of the passwords that an account had before its current one: at most `PASSWORD_HISTORY`, the newest first. */
@Injectable()
export class PasswordHistory {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hasher: PasswordHasher,
    private readonly settings: Settings,
  ) {}

  /** Whether one of the account's last `count` earlier passwords was this. @throws DomainError `service.busy` */
  async has(accountId: string, password: string, count: number): Promise<boolean> {
    if (count === 0) return false;
    const [row] = await this.dataSource.query<{ hashes: string[] }[]>(
      'SELECT hashes[1:$2] AS hashes FROM password_history WHERE account_id = $1',
      [accountId, count],
    );
    // One after another: all at once they would fill the queue of everybody's hashes.
    for (const hash of row?.hashes ?? []) if (await this.hasher.verify(password, hash)) return true;
    return false;
  }

  /** The password that a change is about to replace. */
  async add(tx: Tx, { id, passwordHash }: LiveAccount): Promise<void> {
    const { passwordHistory } = this.settings;
    if (passwordHistory > 0 && passwordHash !== null) await tx.manager.query(ADD, [id, passwordHash, passwordHistory]);
  }

  async erase(tx: Tx, accountId: string): Promise<void> {
    await tx.manager.query('DELETE FROM password_history WHERE account_id = $1', [accountId]);
  }
}

const ADD = `
  INSERT INTO password_history AS earlier (account_id, hashes) VALUES ($1, ARRAY[$2::text])
  ON CONFLICT (account_id) DO UPDATE SET hashes = (excluded.hashes || earlier.hashes)[1:$3]`;

/** What a lower `PASSWORD_HISTORY` has no use for any more. */
export function passwordHistoryRetention({ passwordHistory: kept }: Settings): RetentionRule {
  const statement = `
    UPDATE password_history SET hashes = hashes[1:${kept}] WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM password_history WHERE cardinality(hashes) > ${kept} LIMIT 1000 FOR UPDATE SKIP LOCKED))`;
  return { table: 'password_history', statement };
}
