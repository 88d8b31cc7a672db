const MAX_LINE_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;

/** The bytes of a line without its end; `null` for one that is too long. */
export type Line = Uint8Array | null;

/** The lines of a body, each time all that have arrived: nobody waits for an answer until more is sent. */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  const splitter = new LineSplitter();
  for await (const chunk of body) yield splitter.linesUpTo(chunk);
  yield splitter.lastLine();
}

/** Holds the beginning of one line at most, and of one that is too long nothing. */
class LineSplitter {
  private parts: Uint8Array[] = [];
  private bytes = 0;

  linesUpTo(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.add(chunk.subarray(start, end));
      lines.push(this.take());
      start = end + 1;
    }
    this.add(chunk.subarray(start));
    return lines;
  }

  /** One that nothing ends; none when the body ends with a line's end. */
  lastLine(): Line[] {
    return this.bytes === 0 ? [] : [this.take()];
  }

  private add(part: Uint8Array): void {
    this.bytes += part.length;
    if (this.bytes <= MAX_LINE_BYTES) this.parts.push(part);
    else this.parts = [];
  }

  private take(): Line {
    const line = this.bytes <= MAX_LINE_BYTES ? Buffer.concat(this.parts) : null;
    this.parts = [];
    this.bytes = 0;
    return line;
  }
}
