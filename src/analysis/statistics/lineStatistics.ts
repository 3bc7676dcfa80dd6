import type { Hold, ModelListener, Wait } from '../../model/intervals.js';
import { LIMITS } from './limits.js';
import { OverHolds } from './overHolds.js';

/** What happened at one place of the program; times of what goes on are told up to now. */
export interface LineSums {
  readonly stack: number;
  /** Waits that began here. */
  waits: number;
  waitNs: number;
  /** Locks that were taken here, and how long they were held from here on. */
  holds: number;
  holdNs: number;
  /** Waits of others that ended because of what was done here. */
  ended: number;
  endedNs: number;
}

/** Waits, holds and ended waits by place. */
export class LineStatistics implements ModelListener {
  private readonly lines = new Map<number, LineSums>();
  private readonly over = new OverHolds();
  /** What happened at places that there was no room for. */
  notKept = 0;

  wait(wait: Wait): void {
    if (wait.outcome === 'open') return;
    addWait(this.at(wait.stack), wait, wait.until);
    if (wait.endedByThread < 0 || wait.endedByStack < 0) return;
    const cause = this.at(wait.endedByStack);
    if (cause === null) return;
    cause.ended += 1;
    cause.endedNs += wait.until - wait.since;
  }

  hold(hold: Hold): void {
    if (this.over.isNew(hold)) addHold(this.at(hold.stack), hold, hold.until);
  }

  /** All places with the waits and holds that go on, in the order of their stacks. */
  sums(waits: Iterable<Wait>, holds: Iterable<Hold>, now: number): LineSums[] {
    const open = new Map<number, LineSums>();
    const copyOf = (stack: number): LineSums | null => {
      if (stack < 0) return null;
      let copy = open.get(stack);
      if (copy === undefined) open.set(stack, (copy = { ...(this.lines.get(stack) ?? noSums(stack)) }));
      return copy;
    };
    for (const stack of this.lines.keys()) copyOf(stack);
    for (const wait of waits) addWait(copyOf(wait.stack), wait, now);
    for (const hold of holds) addHold(copyOf(hold.stack), hold, now);
    return [...open.values()].sort((a, b) => a.stack - b.stack);
  }

  private at(stack: number): LineSums | null {
    if (stack < 0) return null;
    let line = this.lines.get(stack);
    if (line !== undefined) return line;
    if (this.lines.size >= LIMITS.lines) {
      this.notKept += 1;
      return null;
    }
    this.lines.set(stack, (line = noSums(stack)));
    return line;
  }
}

const noSums = (stack: number): LineSums => ({
  stack,
  waits: 0,
  waitNs: 0,
  holds: 0,
  holdNs: 0,
  ended: 0,
  endedNs: 0,
});

function addWait(line: LineSums | null, { since }: Wait, until: number): void {
  if (line === null) return;
  line.waits += 1;
  line.waitNs += Math.max(0, until - since);
}

function addHold(line: LineSums | null, { since }: Hold, until: number): void {
  if (line === null) return;
  line.holds += 1;
  line.holdNs += Math.max(0, until - since);
}
