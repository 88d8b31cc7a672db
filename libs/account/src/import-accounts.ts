import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { PasswordHasher, UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { type CreateAccountCommand, type NewAccount, newAccountOf } from './new-account';
import { NewAccounts } from './new-accounts';

export type ImportOutcome =
  | { status: 'created' | 'exists'; id: string }
  /** `email.invalid`, `email.unavailable`, `password.too-weak` or `password-hash.unsupported` */
  | { status: 'refused'; error: DomainError };

/** Creates many accounts in one transaction. One that stands stays as it is, so that an import can be repeated. */
@Injectable()
export class ImportAccounts {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly newAccounts: NewAccounts,
    private readonly hasher: PasswordHasher,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** One outcome for each command, in their order. What is wrong with one of them never touches another. */
  async execute(commands: readonly CreateAccountCommand[], requester: Requester): Promise<ImportOutcome[]> {
    const addressed = commands.map((command) => ({ command, email: EmailAddress.tryParse(command.email) }));
    const standing = await this.accounts.idsByEmail(addressed.flatMap(({ email }) => email?.value ?? []));
    const prepared = await Promise.all(addressed.map((each) => this.prepare(each, standing)));
    const fresh = firstByAddress(prepared);
    const created = await this.create([...fresh.values()], requester);
    const others = await this.accounts.idsByEmail([...fresh.keys()].filter((email) => !created.has(email)));
    return prepared.map((each) => {
      if ('status' in each) return each;
      const id = created.get(each.email) ?? others.get(each.email);
      if (id === undefined) return refused(new DomainError('email.unavailable'));
      return { status: created.has(each.email) && fresh.get(each.email) === each ? 'created' : 'exists', id };
    });
  }

  /** Nothing is hashed for an account that stands already. */
  private async prepare(
    { command, email }: { command: CreateAccountCommand; email: EmailAddress | null },
    standing: ReadonlyMap<string, string>,
  ): Promise<ImportOutcome | NewAccount> {
    if (email === null) return refused(new DomainError('email.invalid'));
    const id = standing.get(email.value);
    if (id !== undefined) return { status: 'exists', id };
    try {
      return await newAccountOf(email, command, {
        hash: (password) => this.hasher.hashWhenIdle(password),
        imported: (hash) => this.hasher.imported(hash),
      });
    } catch (error) {
      if (error instanceof DomainError) return refused(error);
      throw error;
    }
  }

  private async create(accounts: readonly NewAccount[], requester: Requester): Promise<Map<string, string>> {
    if (accounts.length === 0) return new Map();
    const { result } = await this.unitOfWork.run(requester, (tx) => this.newAccounts.insert(tx, accounts));
    return result;
  }
}

/** Of commands with the same address the first creates the account; the others find it. */
function firstByAddress(prepared: readonly (ImportOutcome | NewAccount)[]): Map<string, NewAccount> {
  const accounts = prepared.filter((each) => 'email' in each);
  return new Map(accounts.reverse().map((account) => [account.email, account]));
}

const refused = (error: DomainError): ImportOutcome => ({ status: 'refused', error });
