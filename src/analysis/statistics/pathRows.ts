/**
 * Times in which threads did not run, a row each: the memory of the critical path. `parent` is where the path goes on
 * before the row, `before` the row of the same thread that stands before it. Both are rows, or one of the negative
 * numbers below; a parent always stands before its row, so that no path can go in circles.
 */

/** There is no row before: the thread has run since it is known. */
export const BEGINNING = -1;
/** What stands before is not kept. */
export const CUT = -2;
/** What stands before was folded: `FOLDS - reference` is the number of the fold. */
export const FOLDS = -3;

export interface PathRow {
  readonly thread: number;
  readonly state: number;
  /** The attempt's op code, or 0: it is no wait for anything. */
  readonly op: number;
  readonly object: number;
  readonly stack: number;
  readonly since: number;
  readonly until: number;
}

const MIN_CAPACITY = 1024;

export class PathRows {
  length = 0;
  thread: Int32Array = new Int32Array(MIN_CAPACITY);
  state: Uint8Array = new Uint8Array(MIN_CAPACITY);
  op: Uint16Array = new Uint16Array(MIN_CAPACITY);
  object: Float64Array = new Float64Array(MIN_CAPACITY);
  stack: Int32Array = new Int32Array(MIN_CAPACITY);
  since: Float64Array = new Float64Array(MIN_CAPACITY);
  until: Float64Array = new Float64Array(MIN_CAPACITY);
  parent: Int32Array = new Int32Array(MIN_CAPACITY);
  before: Int32Array = new Int32Array(MIN_CAPACITY);
  /** Who ended it, -1: nobody is known; when and where. */
  fromThread: Int32Array = new Int32Array(MIN_CAPACITY);
  fromTime: Float64Array = new Float64Array(MIN_CAPACITY);
  fromStack: Int32Array = new Int32Array(MIN_CAPACITY);

  push(row: PathRow, before: number): number {
    if (this.length === this.thread.length) this.grow();
    const at = this.length++;
    this.thread[at] = row.thread;
    this.state[at] = row.state;
    this.op[at] = row.op;
    this.object[at] = row.object;
    this.stack[at] = row.stack;
    this.since[at] = row.since;
    this.until[at] = row.until;
    this.parent[at] = this.before[at] = before;
    this.fromThread[at] = this.fromStack[at] = -1;
    return at;
  }

  /** Leaves the first rows out; `parent` and `before` are the caller's. */
  drop(count: number): void {
    for (const column of this.columns()) column.copyWithin(0, count, this.length);
    this.length -= count;
  }

  private columns(): (Int32Array | Float64Array | Uint8Array | Uint16Array)[] {
    const { thread, state, op, object, stack, since, until, parent, before, fromThread, fromTime, fromStack } = this;
    return [thread, state, op, object, stack, since, until, parent, before, fromThread, fromTime, fromStack];
  }

  private grow(): void {
    const int = (old: Int32Array): Int32Array => copied(old, new Int32Array(old.length * 2));
    const float = (old: Float64Array): Float64Array => copied(old, new Float64Array(old.length * 2));
    this.thread = int(this.thread);
    this.state = copied(this.state, new Uint8Array(this.state.length * 2));
    this.op = copied(this.op, new Uint16Array(this.op.length * 2));
    this.object = float(this.object);
    this.stack = int(this.stack);
    this.since = float(this.since);
    this.until = float(this.until);
    this.parent = int(this.parent);
    this.before = int(this.before);
    this.fromThread = int(this.fromThread);
    this.fromTime = float(this.fromTime);
    this.fromStack = int(this.fromStack);
  }
}

function copied<T extends { set: (from: T) => void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
