import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Budget, budgetsJson, type Grant, type GrantRow, grantOf, Settings } from '@app/platform';
import { Account, type LiveAccount } from './account.entity';
import { isOpenToAnother } from './email-undos';
import { passwordBudget } from './password-budgets';

export type SignInAccount = LiveAccount & {
  /** Older than `PASSWORD_MAX_AGE_DAYS`. */
  passwordIsTooOld: boolean;
  /** As `EmailUndos.mayRecover` says, of an account that is not disabled. */
  mayRecover: boolean;
};

export interface SignInTry extends Grant {
  /** `null` when nobody has the address. */
  account: SignInAccount | null;
}

interface TryRow extends GrantRow, Omit<SignInAccount, 'id'> {
  id: string | null;
}

/** Who wants to sign in. */
@Injectable()
export class SignInAccounts {
  private readonly find: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {
    const columns = dataSource.getMetadata(Account).columns;
    this.find = findSelecting(columns.map((column) => `a.${column.databaseName} AS "${column.propertyName}"`));
  }

  /**
   * The account of a canonical address. Takes a try of its budget, else of `nobodys`, and one of each of `shared`: by
   * one statement, so that both take as long.
   */
  async findTakingTry(email: string | null, nobodys: Budget, shared: readonly Budget[]): Promise<SignInTry> {
    // Whose budget it is the statement fills in.
    const accounts = passwordBudget('', this.settings);
    const [{ spent, wait, ...row }] = await this.dataSource.query<[TryRow]>(this.find, [
      email,
      budgetsJson([nobodys, ...shared]),
      budgetsJson([accounts, ...shared]),
      this.settings.passwordMaxAgeDays,
    ]);
    return { account: row.id === null ? null : (row as SignInAccount), ...grantOf({ spent, wait }) };
  }
}

const findSelecting = (columns: readonly string[]): string => `
  SELECT ${columns.join(', ')}, g.spent, g.wait,
    $4 > 0 AND coalesce(a.password_changed_at, a.created_at) < now() - make_interval(days => $4) AS "passwordIsTooOld",
    a.email_verified OR NOT ${isOpenToAnother('a.id', 'a.email')} AS "mayRecover"
  FROM (SELECT 1) AS asked LEFT JOIN account a ON a.email = $1 AND a.deleted_at IS NULL
  CROSS JOIN LATERAL take_guesses(
    CASE WHEN a.id IS NULL THEN $2::jsonb ELSE jsonb_set($3::jsonb, '{0,key}', to_jsonb(a.id)) END) AS g`;
