import { success, type Result } from '../base/result.js';
import { utf8Decode } from '../base/utf8.js';
import { DamageLog } from './damageLog.js';
import { EventOrder } from './eventOrder.js';
import { notATrace, sourceFailure } from './openFailures.js';
import { FORMAT_VERSION } from './records.js';
import type { SourceWindow } from './sourceWindow.js';
import { StdEvents } from './stdEvents.js';
import { isStdBlank, looksLikeStd, stdLineOf } from './stdLine.js';
import type { ReadProgress, TraceReader } from './traceReader.js';
import type { TraceVisitor } from './visitor.js';

/** A line has some twenty bytes. */
const MAX_LINE = 1 << 16;
const lineFeed = 0x0a;

/** Reads a trace in the text format STD; what its lines mean stands in `stdEvents`. */
export class StdReader implements TraceReader {
  readonly format = 'std';
  private readonly damage: DamageLog;
  private readonly order: EventOrder;
  private readonly events: StdEvents;
  private lineNumber = 0;
  /** Inside a line that is too long: skipped to its end. */
  private isSkipping = false;

  private constructor(
    private readonly window: SourceWindow,
    visitor: TraceVisitor,
  ) {
    this.damage = new DamageLog(visitor);
    this.order = new EventOrder(visitor, this.damage);
    this.events = new StdEvents(visitor, this.order, this.damage);
  }

  /** Fails when the first line that is no comment is nothing like STD. */
  static async open(window: SourceWindow, visitor: TraceVisitor): Promise<Result<TraceReader>> {
    if (!looksLikeStd(await firstLine(window))) return notATrace();
    const common = { run: '', pid: 0, program: '', node: '', platform: '', origin: 0, root: '' };
    visitor.header?.({ version: FORMAT_VERSION, ...common });
    return success(new StdReader(window, visitor));
  }

  async read(maxBytes = Infinity): Promise<Result<ReadProgress>> {
    const { window, order } = this;
    const until = window.offset + maxBytes;
    let atEnd = false;
    try {
      while (!atEnd && window.offset < until) {
        const hasMore = await window.fill(window.bytes.length + 1);
        if (!this.takeLines() && !hasMore) atEnd = true;
        order.release(Infinity);
      }
    } catch (error) {
      return sourceFailure(error);
    }
    if (atEnd) {
      this.takeLast();
      this.events.end(this.lineNumber);
    }
    const torn = atEnd && (this.isSkipping || window.bytes.length > 0);
    return success({ bytesRead: window.bytesRead, atEnd, ended: false, torn });
  }

  finish(): void {
    this.order.release(Infinity);
  }

  /** The whole lines of what was read; false when there is none. */
  private takeLines(): boolean {
    const { window } = this;
    const end = window.bytes.lastIndexOf(lineFeed);
    if (end >= 0) {
      const lines = utf8Decode(window.bytes.subarray(0, end)).split('\n');
      window.consume(end + 1);
      for (const line of lines) this.take(line);
    }
    if (window.bytes.length > MAX_LINE) {
      if (!this.isSkipping) this.tellTooLong(this.lineNumber + 1);
      this.isSkipping = true;
      window.consume(window.bytes.length);
    }
    return end >= 0;
  }

  private take(line: string): void {
    this.lineNumber++;
    if (this.isSkipping) this.isSkipping = false;
    else if (line.length > MAX_LINE) this.tellTooLong(this.lineNumber);
    else if (!isStdBlank(line)) this.events.line(line, this.lineNumber);
  }

  /** The rest of the source without a line feed, if it is whole. */
  private takeLast(): void {
    const { window } = this;
    if (this.isSkipping || window.bytes.length === 0) return;
    const line = utf8Decode(window.bytes);
    if (!isStdBlank(line) && typeof stdLineOf(line) === 'string') return;
    window.consume(window.bytes.length);
    this.take(line);
    this.order.release(Infinity);
  }

  private tellTooLong(number: number): void {
    this.damage.tell(`Line ${number} was skipped: it is longer than 64 KiB.`);
  }
}

/** The first line that says something, of those in the first piece; they stay in the window. */
async function firstLine(window: SourceWindow): Promise<string> {
  await window.fill(MAX_LINE);
  for (let from = 0; from < window.bytes.length;) {
    const end = window.bytes.indexOf(lineFeed, from);
    const to = end < 0 ? window.bytes.length : end;
    const line = utf8Decode(window.bytes.subarray(from, Math.min(to, from + MAX_LINE)));
    if (!isStdBlank(line)) return line;
    from = to + 1;
  }
  return '';
}
