import type { PasswordWeakness } from '@app/account';
import type { ErrorCode } from '@app/contracts';

/** A page that only says something. */
interface Message {
  title: string;
  paragraphs: readonly string[];
  link?: { href: string; label: string };
}

/** A page with one button. */
interface Question {
  title: string;
  effects: readonly string[];
  otherwise: string;
  button: string;
}

interface Field {
  label: string;
  hint: string;
}

interface Form {
  title: string;
  paragraphs: readonly string[];
  button: string;
}

/** Where a mailed link leads that does not work any more. */
export type DeadLink = 'undo' | 'notMe' | 'cancel' | 'reset';
export type ErrorText =
  'busy' | 'changedMeanwhile' | 'foreignForm' | 'notFound' | 'notUnderstood' | 'tooMany' | 'unexpected';

/** Everything that the pages say in one language, as plain text. */
export interface PageTexts {
  undo: {
    open: Message;
    /** `replaces` is `null` when the address is there again already. */
    ask(addresses: { restores: string; replaces: string | null }): Question;
    done(address: string): Message;
  };
  notMe: {
    open: Message;
    ask(address: string): Question;
    done(address: string): Message;
  };
  cancel: {
    open: Message;
    ask(newAddress: string): Question;
    done: Message;
  };
  reset: {
    request: Form & { email: Field };
    requested: Message;
    choose(minLength: number): Form & { password: Field };
    refused: string;
    reasons(minLength: number, maxLength: number): Record<PasswordWeakness | 'unchanged', string>;
    done: Message;
  };
  verification: {
    form: Form & { email: Field; code: Field };
    wrong: string;
    done: Message;
  };
  deadLinks: Record<DeadLink, Message>;
  errors: Record<ErrorText, Message>;
  /** Before the title of a page whose form was refused. */
  errorMark: string;
  reference: string;
  problem: { meaning: string; status: string; whatToDo: string; advice: Record<ErrorCode, string> };
}
