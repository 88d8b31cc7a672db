import type { Tokens } from './native-driver';

export const CODE_TRIES = 5;
const UNDO_DAYS = 7;

interface PendingChange {
  newEmail: string;
  code: string;
  cancelToken: string;
}

export interface ModelSession {
  tokens: Tokens;
  live: boolean;
}

/** What must be true of one account whose changes go to a new address each, and all that its person was ever given. */
export class EmailChangeModel {
  pending: PendingChange | null = null;
  mustReset = false;
  day = 0;
  readonly emails: string[];
  readonly passwords: string[];
  readonly sessions: ModelSession[];
  readonly codes: string[] = [];
  readonly cancelTokens: string[] = [];
  readonly undoTokens: string[] = [];
  private wrongCodes = 0;
  private undos: { token: string; restores: string; day: number }[] = [];

  constructor(
    public email: string,
    public password: string,
    tokens: Tokens,
  ) {
    this.emails = [email];
    this.passwords = [password];
    this.sessions = [{ tokens, live: true }];
  }

  get liveSessions(): ModelSession[] {
    return this.sessions.filter(({ live }) => live);
  }

  signIn(tokens: Tokens): void {
    this.sessions.push({ tokens, live: true });
  }

  /** In place of what was pending. */
  ask(pending: PendingChange): void {
    this.pending = pending;
    this.codes.push(pending.code);
    this.cancelTokens.push(pending.cancelToken);
  }

  /** Another code, for the same change. */
  resend(code: string): void {
    if (this.pending) this.ask({ ...this.pending, code });
  }

  /** Counts the try. True when the code is the one that was mailed last, and a try was left. */
  takesCode(code: string): boolean {
    if (this.pending === null || this.wrongCodes >= CODE_TRIES) return false;
    this.wrongCodes = code === this.pending.code ? 0 : this.wrongCodes + 1;
    return this.wrongCodes === 0;
  }

  move(newEmail: string, undoToken: string, kept?: Tokens): void {
    this.undos.push({ token: undoToken, restores: this.email, day: this.day });
    this.undoTokens.push(undoToken);
    this.email = newEmail;
    this.emails.push(newEmail);
    this.endAll(kept);
  }

  changePassword(password: string, kept?: Tokens): void {
    this.password = password;
    this.passwords.push(password);
    this.endAll(kept);
  }

  reset(password: string): void {
    this.changePassword(password);
    this.mustReset = false;
  }

  /** The address that a link restores, with every later change undone; none when the link is dead. */
  undo(token: string): string | undefined {
    const index = this.undos.findIndex((undo) => undo.token === token);
    const [undo] = index < 0 ? [] : this.undos.splice(index);
    if (undo === undefined) return undefined;
    this.email = undo.restores;
    this.mustReset = true;
    this.endAll();
    return this.email;
  }

  wait(days: number): void {
    this.day += days;
    this.pending = null;
    this.wrongCodes = 0;
    this.undos = this.undos.filter((undo) => this.day - undo.day < UNDO_DAYS);
  }

  /** Each change ends what came before it. */
  private endAll(kept?: Tokens): void {
    this.pending = null;
    for (const session of this.sessions) session.live = false;
    if (kept) this.signIn(kept);
  }
}
