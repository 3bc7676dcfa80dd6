import { lowerBound } from '../base/bisect.js';
import { grown } from './growable.js';

/** Kinds of time that a lane adds up: the shares of a bin. */
export const SLOTS = 6;
const BLOCK_SHIFT = 3;
const BLOCK = 1 << BLOCK_SHIFT;

/** Which share a state counts for, by its code; -1: none. */
export type SlotOfState = readonly number[];

/**
 * The intervals of one lane as columns: in the order of time, without overlap, at most a tail of them not over yet.
 * Times are nanoseconds.
 */
export class LaneColumns {
  length = 0;
  /** Rows before this are over and final; the rest is the tail. */
  closed = 0;
  start = new Float64Array(0);
  end = new Float64Array(0);
  state = new Uint8Array(0);
  flags = new Uint8Array(0);
  /** An object's id, 0 for none, `-1 - id` for a thread. */
  object = new Int32Array(0);
  stack = new Int32Array(0);
  /** Row of the wait or hold that it is, -1 for none. */
  detail = new Int32Array(0);
  /** Rows with flags, ascending. */
  readonly flagged: number[] = [];
  /** Time spent in each slot before each block of rows. */
  private sums = new Float64Array(0);

  constructor(private readonly slotOf: SlotOfState) {}

  push(start: number, end: number, state: number, flags: number, object: number, stack: number, detail: number): void {
    const row = this.length;
    if (row >= this.start.length) this.grow(row + 1);
    this.start[row] = start;
    this.end[row] = end;
    this.state[row] = state;
    this.flags[row] = flags;
    this.object[row] = object;
    this.stack[row] = stack;
    this.detail[row] = detail;
    if (flags !== 0) this.flagged.push(row);
    if ((row & (BLOCK - 1)) === 0 && row > 0) this.sumBlock(row >> BLOCK_SHIFT);
    this.length = row + 1;
  }

  /** The last row goes on up to `end`. Only a row that is not added up in any slot. */
  prolong(end: number): void {
    this.end[this.length - 1] = end;
  }

  /** Forgets the rows from `length` on. */
  truncate(length: number): void {
    this.length = length;
    this.closed = Math.min(this.closed, length);
    while ((this.flagged.at(-1) ?? -1) >= length) this.flagged.pop();
  }

  flag(row: number, flag: number): void {
    const before = this.flags[row] as number;
    if (before === 0) this.flagged.splice(lowerBound(this.flagged, row), 0, row);
    this.flags[row] = before | flag;
  }

  /** Takes all flags away but those in `keep`. */
  unflag(keep: number): void {
    const rows = this.flagged.splice(0);
    for (const row of rows) {
      this.flags[row] = (this.flags[row] as number) & keep;
      if (this.flags[row] !== 0) this.flagged.push(row);
    }
  }

  /**
   * The first row that ends after `t`, looked for from `from` on in growing steps: most answers are near. Not by
   * `bisect.ts`: this is the hottest loop of a tile, and it should see one type of array only.
   */
  firstEndingAfter(t: number, from = 0): number {
    const { end, length } = this;
    let low = from;
    let step = BLOCK;
    while (low + step < length && (end[low + step] as number) <= t) {
      low += step;
      step *= 2;
    }
    let high = Math.min(length, low + step + 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((end[middle] as number) <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first row that begins at `t` or later. */
  firstStartingAt(t: number, from = 0): number {
    return lowerBound(this.start, t, from, this.length);
  }

  /** All flags of the rows in `[from, to)`. */
  flagsOf(from: number, to: number): number {
    let all = 0;
    if ((this.flagged[0] ?? to) >= to || (this.flagged.at(-1) as number) < from) return all;
    for (let i = lowerBound(this.flagged, from); i < this.flagged.length; i += 1) {
      const row = this.flagged[i] as number;
      if (row >= to) break;
      all |= this.flags[row] as number;
    }
    return all;
  }

  /** Writes to `into` the time spent in each slot before `t`; `row` is the first row that ends after `t`. */
  timeBefore(t: number, row: number, into: Float64Array): void {
    const block = Math.min(row, Math.max(0, this.length - 1)) >> BLOCK_SHIFT;
    for (let slot = 0; slot < SLOTS; slot += 1) into[slot] = this.sums[block * SLOTS + slot] ?? 0;
    for (let i = block << BLOCK_SHIFT; i < row; i += 1) this.addRow(i, this.end[i] as number, into, 0);
    if (row < this.length && (this.start[row] as number) < t) this.addRow(row, t, into, 0);
  }

  private addRow(row: number, until: number, into: Float64Array, offset: number): void {
    const slot = this.slotOf[this.state[row] as number] ?? -1;
    if (slot >= 0) into[offset + slot] = (into[offset + slot] as number) + until - (this.start[row] as number);
  }

  /** The sums before a block are those before the last one and its rows. */
  private sumBlock(block: number): void {
    const at = block * SLOTS;
    this.sums.copyWithin(at, at - SLOTS, at);
    for (let i = (block - 1) << BLOCK_SHIFT; i < block << BLOCK_SHIFT; i += 1) {
      this.addRow(i, this.end[i] as number, this.sums, at);
    }
  }

  private grow(length: number): void {
    this.start = grown(this.start, length);
    const { length: capacity } = this.start;
    this.end = grown(this.end, capacity);
    this.state = grown(this.state, capacity);
    this.flags = grown(this.flags, capacity);
    this.object = grown(this.object, capacity);
    this.stack = grown(this.stack, capacity);
    this.detail = grown(this.detail, capacity);
    this.sums = grown(this.sums, ((capacity >> BLOCK_SHIFT) + 1) * SLOTS);
  }
}
