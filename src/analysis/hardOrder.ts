/**
 * The order that holds in every run: start → first event, put → its get, post → its receive, set → woken, end → join.
 * Taking turns on a lock is not in it, because another run may do it the other way round.
 *
 * A vector clock whose components are times: what thread T knows of thread U is the latest moment of U that surely was
 * before. A thread's own component is the time itself and is not stored. Clocks are never changed once they are made, so
 * that a moment of the past can keep its own; a transfer told at its effect joins the clock its cause had *then*.
 */
import { upperBound } from '../base/bisect.js';
import type { Nanos } from '../base/brand.js';
import type { Transfer } from '../model/intervals.js';
import { CAPS } from './thresholds.js';

/** By the threads' places: the latest known time. */
type Clock = readonly number[];

/** A moment of a thread, with what was surely before it. */
export interface Moment {
  readonly thread: number;
  readonly t: Nanos;
  readonly clock: Clock;
}

interface History {
  readonly place: number;
  /** When each clock began to hold; ascends. */
  times: number[];
  clocks: Clock[];
}

const NOTHING: Clock = [];

export class HardOrder {
  private readonly histories = new Map<number, History>();
  /** Causes that were older than what is kept: their order was taken for stronger than it may be. */
  forgotten = 0;

  transfer({ kind, fromThread, fromTime, toThread, toTime }: Transfer): void {
    if (kind === 'handOver' || fromThread === toThread || fromThread < 0) return;
    const from = this.historyOf(fromThread);
    const to = this.historyOf(toThread);
    const before = lastOf(to.clocks);
    if ((before[from.place] ?? -1) >= fromTime) return;
    const joined = joinedClock(before, this.clockAt(from, fromTime), from.place, fromTime);
    // An order that the recorded times contradict must not go back in the history.
    to.times.push(Math.max(toTime, to.times.at(-1) ?? 0));
    to.clocks.push(joined);
    if (to.times.length > CAPS.clockHistory) {
      to.times = to.times.slice(CAPS.clockHistory / 2);
      to.clocks = to.clocks.slice(CAPS.clockHistory / 2);
    }
  }

  /** Now, in a thread. */
  moment(thread: number, t: Nanos): Moment {
    return { thread, t, clock: lastOf(this.historyOf(thread).clocks) };
  }

  /** Whether one of two moments of different threads is before the other in every run. */
  isOrdered(a: Moment, b: Moment): boolean {
    return this.isBefore(a, b) || this.isBefore(b, a);
  }

  private isBefore(a: Moment, b: Moment): boolean {
    return (b.clock[this.historyOf(a.thread).place] ?? -1) >= a.t;
  }

  private clockAt({ times, clocks }: History, t: number): Clock {
    const index = upperBound(times, t) - 1;
    if (index >= 0) return clocks[index] ?? NOTHING;
    // Before the first: nothing was known, unless the beginning was forgotten.
    if (clocks.length < CAPS.clockHistory / 2) return NOTHING;
    this.forgotten++;
    return clocks[0] ?? NOTHING;
  }

  private historyOf(thread: number): History {
    let history = this.histories.get(thread);
    if (!history) this.histories.set(thread, (history = { place: this.histories.size, times: [], clocks: [] }));
    return history;
  }
}

function lastOf(clocks: readonly Clock[]): Clock {
  return clocks[clocks.length - 1] ?? NOTHING;
}

function joinedClock(a: Clock, b: Clock, place: number, t: number): Clock {
  const length = Math.max(a.length, b.length, place + 1);
  const joined = new Array<number>(length);
  for (let i = 0; i < length; i++) joined[i] = Math.max(a[i] ?? -1, b[i] ?? -1);
  joined[place] = Math.max(joined[place] as number, t);
  return joined;
}
