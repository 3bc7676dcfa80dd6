import { EventColumns } from '../trace/eventBatch.js';
import { LOCK_MODES, NO_TIMEOUT, OP, PAST_DEEDS, type SingleOpName } from '../trace/ops.js';
import type { Wait } from './intervals.js';
import type { PastDeed } from './pastSteps.js';
import type { Deed, ThreadModel } from './threadModel.js';
import { ATTEMPTS } from './waits.js';

/** The second operand has 32 bits. */
const MAX_EXTRA = 0x7fffffff;

interface Row {
  readonly t: number;
  readonly thread: number;
  readonly op: number;
  readonly object: number;
  readonly stack: number;
  readonly arg: number;
  readonly extra: number;
  readonly sampled: boolean;
}

/** Events that tell a model: in order of time; what is said at the same time keeps the order in which it was added. */
export class Story {
  private readonly rows: Row[] = [];
  /** A thread that is there, for what is no thread's own doing. */
  private readonly someone: number;

  constructor(private readonly threads: ReadonlyMap<number, ThreadModel>) {
    [this.someone = 0] = threads.keys();
  }

  tell(name: SingleOpName, at: Deed, object: number, arg = NaN, extra = 0): void {
    const { thread, t, stack, sampled = false } = at;
    // A thread that is forgotten has ended; an event of it would make it live.
    if (this.threads.has(thread)) this.rows.push({ t, thread, op: OP[name], object, stack, arg, extra, sampled });
  }

  /** @param code of {@link WORD_WRITE} */
  wrote(code: number, at: Deed, object: number, arg: number, extra: number): void {
    const { thread, t, stack, sampled = false } = at;
    if (this.threads.has(thread)) this.rows.push({ t, thread, op: code, object, stack, arg, extra, sampled });
  }

  did(deed: PastDeed, at: Deed, object: number, left = 0): void {
    this.tell('past.did', at, object, PAST_DEEDS.indexOf(deed), Math.min(left, MAX_EXTRA));
  }

  /** What is true of an object since before the snapshot. */
  was(deed: PastDeed, object: number, left = 0): void {
    this.did(deed, this.before, object, left);
  }

  get before(): Deed {
    return { thread: this.someone, stack: -1, t: 0 as Deed['t'] };
  }

  wait({ thread, op, object, stack, sampled = false, arg = NaN, since, timeoutMs }: Wait): void {
    const isArg = ATTEMPTS[op]?.timeoutIn === 'arg';
    const extra = isArg ? 0 : (timeoutMs ?? NO_TIMEOUT);
    this.rows.push({ t: since, thread, op, object, stack, arg, extra, sampled });
  }

  columns(): EventColumns {
    const columns = new EventColumns(Math.max(16, this.rows.length));
    for (const row of this.rows.sort((a, b) => a.t - b.t)) {
      columns.push(row.t, row.thread, row.op, row.object, row.stack, row.sampled, row.arg, row.extra);
    }
    return columns;
  }
}

/** The operand of a lock that was taken. */
export function modeOf(shared: boolean, bounded: boolean): number {
  if (shared) return LOCK_MODES.indexOf(bounded ? 'boundedShared' : 'shared');
  return LOCK_MODES.indexOf(bounded ? 'bounded' : 'exclusive');
}
