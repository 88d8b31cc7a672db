import { Injectable, IntrinsicException, Logger } from '@nestjs/common';
import { ImportAccounts, type ImportOutcome } from '@app/account';
import { DomainError, type Requester } from '@app/contracts';
import { MalformedBody, parseBody } from '../../../http/strict-json';
import { ShapePipe } from '../../../http/validation.pipe';
import { CreateAccountDto } from '../create-account.dto';
import { answerTo, type ImportCounts } from './import-answer';
import { type Line, linesOf } from './lines-of';

/** So many lines are one transaction: enough to share its cost, few enough to keep nobody waiting. */
const BATCH_LINES = 200;

/** Turns a stream of accounts into a stream of answers. Between the two there is never more than one batch. */
@Injectable()
export class AccountImport {
  private readonly logger = new Logger(AccountImport.name);
  private readonly shape = new ShapePipe();

  constructor(private readonly importAccounts: ImportAccounts) {}

  /** Goes on only when its last answer was taken. A caller that sends no more leaves no transaction open. */
  async *answers(body: AsyncIterable<Buffer>, requester: Requester): AsyncGenerator<string> {
    const counts: ImportCounts = { lines: 0, created: 0, exists: 0, refused: 0 };
    try {
      for await (const lines of linesOf(body)) {
        for (let start = 0; start < lines.length; start += BATCH_LINES) {
          const outcomes = await this.importBatch(lines.slice(start, start + BATCH_LINES), requester);
          yield outcomes.map((outcome) => textOf(answerTo(count(counts, outcome), outcome))).join('');
        }
      }
      yield textOf(counts);
    } catch (error) {
      if (counts.lines === 0) throw error;
      // The status has been sent: that the last line is missing tells the caller.
      this.logger.warn(`Import ${requester.requestId} stopped after line ${counts.lines}: ${nameOf(error)}`);
      // Nest would log a failed statement with its parameters, which are addresses and hashes.
      throw new IntrinsicException();
    }
  }

  private async importBatch(lines: readonly Line[], requester: Requester): Promise<ImportOutcome[]> {
    const read: (CreateAccountDto | DomainError)[] = [];
    // One after another: what validating leaves behind would live until the last of them is done, and grow old.
    for (const line of lines) read.push(await this.read(line));
    const accounts = read.filter((each): each is CreateAccountDto => !(each instanceof DomainError));
    const outcomes = await this.importAccounts.execute(accounts, requester);
    return read.map((each) => (each instanceof DomainError ? refused(each) : (outcomes.shift() as ImportOutcome)));
  }

  private async read(line: Line): Promise<CreateAccountDto | DomainError> {
    if (line === null) return new DomainError('body.too-large');
    try {
      const body = parseBody(line) ?? new MalformedBody();
      return (await this.shape.transform(body, { type: 'body', metatype: CreateAccountDto })) as CreateAccountDto;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
}

/** Resolves to the number of the line. */
function count(counts: ImportCounts, { status }: ImportOutcome): number {
  counts[status] += 1;
  return (counts.lines += 1);
}

const refused = (error: DomainError): ImportOutcome => ({ status: 'refused', error });
const textOf = (answer: object): string => `${JSON.stringify(answer)}\n`;

function nameOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return [name, code].filter(Boolean).map(String).join(' ');
}
