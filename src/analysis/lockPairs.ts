import type { Hold } from '../model/intervals.js';
import type { HardOrder, Moment } from './hardOrder.js';
import { CAPS } from './thresholds.js';

/** A thread took a second lock at one place while it held a first one, taken at another place. */
export interface PairInstance {
  readonly thread: number;
  readonly first: Hold;
  readonly second: Hold;
  /**
   * All locks that it held then, and whether it shared them: two threads that hold one in common cannot be there at the
   * same time, unless both share it.
   */
  readonly held: ReadonlyMap<number, boolean>;
  /** When it took the second one, as far as hard order tells the times apart. */
  readonly moments: Moment[];
  count: number;
}

/** All that took lock `to` while they held `from`. */
export interface LockPair {
  readonly from: number;
  readonly to: number;
  readonly instances: PairInstance[];
}

/** Which locks were taken while which others were held. */
export class LockPairs {
  private readonly byFirst = new Map<number, Map<number, LockPair>>();
  private size = 0;
  /** What the caps cut off. */
  dropped = 0;

  constructor(private readonly order: HardOrder) {}

  add(first: Hold, second: Hold, held: readonly Hold[]): void {
    const pair = this.pairOf(first.lock, second.lock);
    if (!pair) return;
    const known = pair.instances.find((instance) => isSame(instance, first, second, held));
    if (!known && pair.instances.length >= CAPS.instancesAPair) {
      this.dropped++;
      return;
    }
    const moment = this.order.moment(second.thread, second.since);
    if (!known) {
      const locks = new Map(held.map(({ lock, shared }) => [lock, shared]));
      pair.instances.push({ thread: second.thread, first, second, held: locks, moments: [moment], count: 1 });
      return;
    }
    known.count++;
    const isFull = known.moments.length >= CAPS.momentsAnInstance;
    // Without news from other threads, the later moment is the one that fewer others know of.
    const isSameClock = known.moments.at(-1)?.clock === moment.clock;
    if (isSameClock || isFull) known.moments.pop();
    if (isFull && !isSameClock) this.dropped++;
    known.moments.push(moment);
  }

  /** Pairs that lead on from a lock. */
  from(lock: number): Iterable<LockPair> {
    return this.byFirst.get(lock)?.values() ?? [];
  }

  get(from: number, to: number): LockPair | undefined {
    return this.byFirst.get(from)?.get(to);
  }

  /** The locks that were held while others were taken. */
  firstLocks(): Iterable<number> {
    return this.byFirst.keys();
  }

  private pairOf(from: number, to: number): LockPair | null {
    let bySecond = this.byFirst.get(from);
    let pair = bySecond?.get(to);
    if (pair) return pair;
    if (this.size >= CAPS.lockPairs) {
      this.dropped++;
      return null;
    }
    if (!bySecond) this.byFirst.set(from, (bySecond = new Map<number, LockPair>()));
    bySecond.set(to, (pair = { from, to, instances: [] }));
    this.size++;
    return pair;
  }
}

function isSame(instance: PairInstance, first: Hold, second: Hold, held: readonly Hold[]): boolean {
  return (
    instance.thread === second.thread &&
    instance.second.stack === second.stack &&
    instance.first.stack === first.stack &&
    instance.first.shared === first.shared &&
    instance.second.shared === second.shared &&
    instance.held.size === held.length &&
    held.every(({ lock, shared }) => instance.held.get(lock) === shared)
  );
}
