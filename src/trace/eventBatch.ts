import { upperBound } from '../base/bisect.js';
import type { Nanos } from '../base/brand.js';
import type { EventRecord } from './records.js';
import { ascendingOrder, upperBoundIn } from './runOrder.js';

/**
 * Events as columns: what decoders hand out and the model takes. Row `i` is one event; rows ascend in time.
 * A batch is borrowed: it is reused after the call that handed it out.
 */
export interface EventBatch {
  readonly length: number;
  /** Nanoseconds. */
  readonly t: Float64Array;
  readonly thread: Int32Array;
  readonly op: Uint16Array;
  readonly object: Uint32Array;
  /** Index of a stack; -1: unknown. */
  readonly stack: Int32Array;
  /** 1: the stack was captured for an earlier event of the same object. */
  readonly sampled: Uint8Array;
  /** NaN: none. */
  readonly arg: Float64Array;
  readonly extra: Int32Array;
}

/** Row `index` as a record, for code that looks at few events. */
export function eventAt(batch: EventBatch, index: number): EventRecord {
  return {
    t: batch.t[index] as Nanos,
    thread: batch.thread[index] as number,
    op: batch.op[index] as number,
    object: batch.object[index] as number,
    stack: batch.stack[index] as number,
    sampled: batch.sampled[index] === 1,
    arg: batch.arg[index] as number,
    extra: batch.extra[index] as number,
  };
}

/** Rows `[from, to)` of a batch, without a copy. */
export function sliceBatch(batch: EventBatch, from: number, to: number): EventBatch {
  return {
    length: to - from,
    t: batch.t.subarray(from, to),
    thread: batch.thread.subarray(from, to),
    op: batch.op.subarray(from, to),
    object: batch.object.subarray(from, to),
    stack: batch.stack.subarray(from, to),
    sampled: batch.sampled.subarray(from, to),
    arg: batch.arg.subarray(from, to),
    extra: batch.extra.subarray(from, to),
  };
}

/** A batch that grows. Its arrays may be longer than `length`, and are other arrays after a `push` or a sort. */
export class EventColumns implements EventBatch {
  length = 0;
  t: Float64Array;
  thread: Int32Array;
  op: Uint16Array;
  object: Uint32Array;
  stack: Int32Array;
  sampled: Uint8Array;
  arg: Float64Array;
  extra: Int32Array;

  /** The arrays before the last sort: sorting again and again must not make garbage. */
  private spare: Columns | null = null;

  constructor(capacity = 1024) {
    const columns = newColumns(capacity);
    this.t = columns.t;
    this.thread = columns.thread;
    this.op = columns.op;
    this.object = columns.object;
    this.stack = columns.stack;
    this.sampled = columns.sampled;
    this.arg = columns.arg;
    this.extra = columns.extra;
  }

  push(
    t: number,
    thread: number,
    op: number,
    object: number,
    stack: number,
    sampled: boolean | number,
    arg: number,
    extra: number,
  ): void {
    const row = this.length;
    if (row === this.t.length) this.reorder(null, Math.max(16, row * 2));
    this.t[row] = t;
    this.thread[row] = thread;
    this.op[row] = op;
    this.object[row] = object;
    this.stack[row] = stack;
    this.sampled[row] = sampled ? 1 : 0;
    this.arg[row] = arg;
    this.extra[row] = extra;
    this.length = row + 1;
  }

  /** Rows `[from, to)` of another batch. */
  append(batch: EventBatch, from = 0, to = batch.length): void {
    const row = this.length;
    const length = row + to - from;
    if (length > this.t.length) this.reorder(null, Math.max(length, row * 2));
    this.t.set(batch.t.subarray(from, to), row);
    this.thread.set(batch.thread.subarray(from, to), row);
    this.op.set(batch.op.subarray(from, to), row);
    this.object.set(batch.object.subarray(from, to), row);
    this.stack.set(batch.stack.subarray(from, to), row);
    this.sampled.set(batch.sampled.subarray(from, to), row);
    this.arg.set(batch.arg.subarray(from, to), row);
    this.extra.set(batch.extra.subarray(from, to), row);
    this.length = length;
  }

  /** Forgets the rows, keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  /** Forgets the rows from `length` on. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
  }

  /** Forgets the first `count` rows. */
  dropFirst(count: number): void {
    const kept = this.length - count;
    if (kept > 0 && count > 0) {
      const columns = columnsOf(this);
      for (const key of columnKeys) columns[key].copyWithin(0, count, this.length);
    }
    this.length = Math.max(0, kept);
  }

  /** Rows of the same time keep their order. Cheap when the rows are a few ascending runs, as drained rings are. */
  sortByTime(): void {
    const order = ascendingOrder(this.t, this.length);
    if (order !== null) this.reorder(order, this.t.length);
  }

  /** Moves the rows up to a time, in order, behind those of another batch. */
  moveSorted(until: number, to: EventColumns): void {
    const { length } = this;
    const order = ascendingOrder(this.t, length);
    if (order === null) {
      const count = upperBound(this.t, until, 0, length);
      if (count > 0) to.append(this, 0, count);
      this.dropFirst(count);
      return;
    }
    const count = upperBoundIn(this.t, order, until);
    if (count === 0) return;
    if (to.length + count > to.t.length) to.reorder(null, Math.max(to.length + count, to.length * 2));
    gather(columnsOf(this), columnsOf(to), order, 0, count, to.length);
    to.length += count;
    this.reorder(order.subarray(count), this.t.length);
    this.length = length - count;
  }

  /** Moves the rows to other arrays, of at least `capacity`, in the given order. */
  private reorder(order: Uint32Array | null, capacity: number): void {
    const { length, spare } = this;
    const from = columnsOf(this);
    const to = spare !== null && spare.t.length >= capacity ? spare : newColumns(capacity);
    if (order === null) for (const key of columnKeys) to[key].set(from[key].subarray(0, length));
    else gather(from, to, order, 0, order.length, 0);
    Object.assign(this, to);
    this.spare = order === null ? null : from;
  }
}

/** Column by column in one loop: a loop over the columns would mix types of arrays, which is ten times slower. */
function gather(from: Columns, to: Columns, order: Uint32Array, first: number, end: number, at: number): void {
  for (let i = first, row = at; i < end; i++, row++) {
    const source = order[i] as number;
    to.t[row] = from.t[source] as number;
    to.thread[row] = from.thread[source] as number;
    to.op[row] = from.op[source] as number;
    to.object[row] = from.object[source] as number;
    to.stack[row] = from.stack[source] as number;
    to.sampled[row] = from.sampled[source] as number;
    to.arg[row] = from.arg[source] as number;
    to.extra[row] = from.extra[source] as number;
  }
}

type Columns = Omit<EventBatch, 'length'>;

const columnKeys = [
  't',
  'thread',
  'op',
  'object',
  'stack',
  'sampled',
  'arg',
  'extra',
] as const satisfies readonly (keyof Columns)[];

function columnsOf({ t, thread, op, object, stack, sampled, arg, extra }: EventBatch): Columns {
  return { t, thread, op, object, stack, sampled, arg, extra };
}

function newColumns(capacity: number): Columns {
  return {
    t: new Float64Array(capacity),
    thread: new Int32Array(capacity),
    op: new Uint16Array(capacity),
    object: new Uint32Array(capacity),
    stack: new Int32Array(capacity),
    sampled: new Uint8Array(capacity),
    arg: new Float64Array(capacity),
    extra: new Int32Array(capacity),
  };
}
