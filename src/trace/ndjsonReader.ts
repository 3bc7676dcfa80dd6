import { failure, success, type Result } from '../base/result.js';
import { utf8Decode } from '../base/utf8.js';
import { DamageLog } from './damageLog.js';
import { EventOrder } from './eventOrder.js';
import { headerOf, NdjsonParser } from './ndjsonParser.js';
import { newerVersion, notATrace, sourceFailure, tornHeader } from './openFailures.js';
import { FORMAT_VERSION } from './records.js';
import type { SourceWindow } from './sourceWindow.js';
import type { ReadProgress, TraceReader } from './traceReader.js';
import type { TraceVisitor } from './visitor.js';

/** A line of ours has some hundred bytes. */
const MAX_LINE = 1 << 20;
const lineFeed = 0x0a;

/** Reads a text trace line by line. */
export class NdjsonReader implements TraceReader {
  readonly format = 'ndjson';
  private readonly damage: DamageLog;
  private readonly order: EventOrder;
  private readonly parser: NdjsonParser;
  private lineNumber = 0;
  /** Inside a line that is too long: skipped to its end. */
  private isSkipping = false;

  private constructor(
    private readonly window: SourceWindow,
    visitor: TraceVisitor,
  ) {
    this.damage = new DamageLog(visitor);
    this.order = new EventOrder(visitor, this.damage);
    this.parser = new NdjsonParser(visitor, this.order, this.damage);
  }

  static async open(window: SourceWindow, visitor: TraceVisitor): Promise<Result<TraceReader>> {
    const reader = new NdjsonReader(window, visitor);
    const first = await reader.nextLine();
    if (first === null) return window.bytes.length >= MAX_LINE ? notATrace() : tornHeader();
    const value = parse(first);
    const header = headerOf(value);
    if (typeof header === 'string') {
      const isTrace = typeof value === 'object' && value !== null && Object.hasOwn(value, 'threadlanes');
      return isTrace ? failure(`The first line of the trace is damaged: ${header}. Record it again.`) : notATrace();
    }
    if (header.version > FORMAT_VERSION) return newerVersion(header.version);
    visitor.header?.(header);
    return success(reader);
  }

  async read(maxBytes = Infinity): Promise<Result<ReadProgress>> {
    const until = this.window.offset + maxBytes;
    let atEnd = false;
    try {
      while (!atEnd && this.window.offset < until) {
        const line = await this.nextLine();
        if (line === null) atEnd = true;
        else if (line.trim() !== '') this.take(line);
      }
    } catch (error) {
      return sourceFailure(error);
    }
    // A text written by hand does not say how far it is complete: its end does.
    if (atEnd && !this.order.sawComplete) this.order.release(Infinity);
    const torn = atEnd && (this.isSkipping || this.window.bytes.length > 0);
    return success({ bytesRead: this.window.bytesRead, atEnd, ended: this.order.ended, torn });
  }

  finish(): void {
    this.order.release(Infinity);
  }

  private take(line: string): void {
    const value = parse(line);
    if (value === undefined) this.damage.tell(`Line ${this.lineNumber} was skipped: it is not JSON.`);
    else this.parser.line(value, this.lineNumber);
  }

  /** The next whole line, or null when there is none now. */
  private async nextLine(): Promise<string | null> {
    const { window } = this;
    for (let searched = 0; ;) {
      const end = window.bytes.indexOf(lineFeed, searched);
      if (end >= 0) {
        const line = utf8Decode(window.bytes.subarray(0, end));
        window.consume(end + 1);
        this.lineNumber++;
        if (!this.isSkipping) return line;
        this.isSkipping = false;
        searched = 0;
        continue;
      }
      searched = window.bytes.length;
      if (searched > MAX_LINE && this.lineNumber > 0) {
        if (!this.isSkipping) this.damage.tell(`Line ${this.lineNumber + 1} was skipped: it is longer than 1 MiB.`);
        this.isSkipping = true;
        window.consume(searched);
        searched = 0;
      }
      if (searched > MAX_LINE || !(await window.fill(searched + 1))) return this.lastLine();
    }
  }

  /** The rest of the source without a line feed, if it is whole: no part of a JSON object is JSON itself. */
  private lastLine(): string | null {
    const { window } = this;
    if (this.isSkipping || window.bytes.length === 0 || window.bytes.length > MAX_LINE) return null;
    const line = utf8Decode(window.bytes);
    if (line.trim() !== '' && !line.trimEnd().endsWith('}')) return null;
    if (line.trim() !== '' && parse(line) === undefined) return null;
    window.consume(window.bytes.length);
    this.lineNumber++;
    return line;
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
