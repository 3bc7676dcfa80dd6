/** The last steps of a word that only ever grows by one: who made which of them. */
import type { Hold } from '../intervals.js';
import type { WordOperation } from './wordOperation.js';

/** More than threads draw tickets at the same time. */
const KEPT = 256;

export interface CounterStep {
  readonly thread: number;
  readonly t: Hold['since'];
  readonly stack: number;
  readonly sampled: boolean;
}

export class CounterLog {
  /** By the value that was replaced. */
  readonly steps = new Map<number, CounterStep>();
  /** The highest value that was reached; NaN: it has not moved. */
  top = NaN;
  count = 0;
  /** Every step was an addition. */
  isAdded = true;
  /** It did something else, too. */
  isBroken = false;

  take({ verb, thread, t, stack, sampled, old, now }: WordOperation): void {
    if (this.isBroken || verb === 'read') return;
    const before = verb === 'store' ? now - 1 : old;
    // A store that is first makes it ready for use.
    if (verb === 'store' && this.count === 0 && now === 0) return;
    if (now !== before + 1 || (verb === 'store' && before !== this.top && !Number.isNaN(this.top))) {
      this.isBroken = true;
      this.steps.clear();
      return;
    }
    if (verb !== 'add') this.isAdded = false;
    if (!(now <= this.top)) this.top = now;
    this.count += 1;
    this.steps.set(before, { thread, t, stack, sampled });
    this.steps.delete(now - KEPT);
  }
}
