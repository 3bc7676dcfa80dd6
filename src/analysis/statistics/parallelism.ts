import type { ModelListener, StateInterval } from '../../model/intervals.js';
import type { Model } from '../../model/model.js';
import { THREAD_STATE } from '../../model/threadState.js';
import { LIMITS } from './limits.js';

/** Nanoseconds by the code of the state. */
export type StateTimes = readonly number[];

const CODES = Object.keys(THREAD_STATE).length;
const noTimes = (): number[] => new Array<number>(CODES).fill(0);

/** How long each thread was in each state. */
export class Parallelism implements ModelListener {
  private readonly threads = new Map<number, number[]>();
  /** Threads that there was no room for. */
  notKept = 0;

  /** @param begin what was before is left out */
  constructor(private readonly begin: () => number) {}

  state({ thread, state, start, end }: StateInterval): void {
    let times = this.threads.get(thread);
    if (times === undefined) {
      if (this.threads.size >= LIMITS.tallied) {
        this.notKept += 1;
        return;
      }
      this.threads.set(thread, (times = noTimes()));
    }
    times[state] = (times[state] as number) + this.within(start, end);
  }

  /** By thread, in the order of their numbers; states that go on as far as they have come. */
  times(model: Model): Map<number, StateTimes> {
    const ids = new Set([...this.threads.keys(), ...model.threads.keys()]);
    const all = new Map<number, StateTimes>();
    for (const id of [...ids].sort((a, b) => a - b)) {
      const times = [...(this.threads.get(id) ?? noTimes())];
      const thread = model.threads.get(id);
      if (thread !== undefined)
        times[thread.shownState] = (times[thread.shownState] as number) + this.within(thread.stateSince, model.now);
      all.set(id, times);
    }
    return all;
  }

  private within(start: number, end: number): number {
    return Math.max(0, end - Math.max(start, this.begin()));
  }
}
