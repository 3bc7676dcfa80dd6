import type { Wait, WaitOutcome } from '../model/intervals.js';
import { grown } from './growable.js';

const OUTCOMES: readonly WaitOutcome[] = ['open', 'done', 'timeout', 'refused', 'threadEnded'];

/** What the details of a wait say beside its interval; one row a wait. */
export interface WaitRow {
  readonly op: number;
  readonly outcome: WaitOutcome;
  readonly endedByThread: number;
  readonly endedByStack: number;
  /** When that thread did what ended it; NaN unknown. */
  readonly causedAt: number;
  readonly ownerAtStart: number;
  /** Null: only a provision can end it. */
  readonly timeoutMs: number | null;
  readonly since: number;
}

/** Waits as columns: a million of them as objects would be a tenth of a gigabyte. */
export class WaitTable {
  length = 0;
  private op = new Uint16Array(0);
  private outcome = new Uint8Array(0);
  private endedByThread = new Int32Array(0);
  private endedByStack = new Int32Array(0);
  private causedAt = new Float64Array(0);
  private ownerAtStart = new Int32Array(0);
  private timeout = new Float64Array(0);
  private since = new Float64Array(0);

  add(wait: Wait): number {
    const row = this.length;
    this.length += 1;
    if (row >= this.op.length) this.grow();
    this.op[row] = wait.op;
    this.ownerAtStart[row] = wait.ownerAtStart;
    this.timeout[row] = wait.timeoutMs ?? NaN;
    this.since[row] = wait.since;
    this.causedAt[row] = NaN;
    this.finish(row, wait);
    return row;
  }

  /** The wait of `row` is over: how and by whom. */
  finish(row: number, wait: Wait): void {
    this.outcome[row] = OUTCOMES.indexOf(wait.outcome);
    this.endedByThread[row] = wait.endedByThread;
    this.endedByStack[row] = wait.endedByStack;
  }

  /** What ended the wait of `row` was done then. */
  setCause(row: number, at: number): void {
    this.causedAt[row] = at;
  }

  truncate(length: number): void {
    this.length = length;
  }

  at(row: number): WaitRow {
    const timeoutMs = this.timeout[row] as number;
    return {
      op: this.op[row] as number,
      outcome: OUTCOMES[this.outcome[row] as number] ?? 'open',
      endedByThread: this.endedByThread[row] as number,
      endedByStack: this.endedByStack[row] as number,
      causedAt: this.causedAt[row] as number,
      ownerAtStart: this.ownerAtStart[row] as number,
      timeoutMs: Number.isNaN(timeoutMs) ? null : timeoutMs,
      since: this.since[row] as number,
    };
  }

  private grow(): void {
    this.op = grown(this.op, this.length);
    this.outcome = grown(this.outcome, this.length);
    this.endedByThread = grown(this.endedByThread, this.length);
    this.endedByStack = grown(this.endedByStack, this.length);
    this.causedAt = grown(this.causedAt, this.length);
    this.ownerAtStart = grown(this.ownerAtStart, this.length);
    this.timeout = grown(this.timeout, this.length);
    this.since = grown(this.since, this.length);
  }
}
