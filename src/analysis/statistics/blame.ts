/**
 * Who made others wait for a lock: the line that waits against the line that took the lock, which was held meanwhile. Each
 * moment of each wait is charged once: to the holder of that moment, in equal parts when several share the lock, and to
 * nobody while it is on its way from one to the next. So the matrix of a lock sums to the waiting for it.
 */
import type { Hold, ModelListener, Wait } from '../../model/intervals.js';
import type { LockRequest } from '../../model/lockRequests.js';
import { LIMITS } from './limits.js';

/** In place of the holder's line: nobody held the lock, or nobody is known. */
export const NOBODY = -2;

export interface Blame {
  /** Stacks; the holder's may be {@link NOBODY}. */
  readonly waiter: number;
  readonly holder: number;
  ns: number;
}

const FAMILIES: ReadonlySet<string> = new Set(['lock', 'word']);

/** The matrices of all locks, and of words that could be locks. */
export class BlameMatrices implements ModelListener {
  private readonly locks = new Map<number, LockBlame>();
  private room: number = LIMITS.blamePairs;

  attempt(wait: Wait): void {
    if (FAMILIES.has(wait.family)) this.of(wait.object).attempt(wait);
  }

  wait(wait: Wait): void {
    if (wait.outcome !== 'open' && FAMILIES.has(wait.family)) this.of(wait.object).waited(wait);
  }

  acquired(hold: Hold): void {
    this.of(hold.lock).acquired(hold);
  }

  hold(hold: Hold): void {
    this.of(hold.lock).held(hold);
  }

  wordTaken(hold: Hold): void {
    this.of(hold.lock).acquired(hold);
  }

  wordGivenBack(hold: Hold): void {
    this.of(hold.lock).held(hold);
  }

  /** The matrix of a lock up to a moment, what cost most first. */
  matrix(lock: number, now: number): { readonly rows: readonly Blame[]; readonly notKeptNs: number } {
    const blame = this.locks.get(lock);
    if (blame === undefined) return { rows: [], notKeptNs: 0 };
    blame.settle(now);
    const rows = [...blame.pairs.values()].flatMap((byHolder) => [...byHolder.values()]);
    rows.sort((a, b) => b.ns - a.ns || a.waiter - b.waiter || a.holder - b.holder);
    return { rows, notKeptNs: blame.notKeptNs };
  }

  private of(lock: number): LockBlame {
    let blame = this.locks.get(lock);
    if (blame === undefined) {
      blame = new LockBlame(() => this.room-- > 0);
      if (this.locks.size < LIMITS.objects) this.locks.set(lock, blame);
    }
    return blame;
  }
}

class LockBlame {
  readonly pairs = new Map<number, Map<number, Blame>>();
  notKeptNs = 0;
  private readonly waits = new Set<Wait>();
  /** How many wait at each line. */
  private readonly waiters = new Map<number, number>();
  private readonly holders = new Map<number | LockRequest, Hold>();
  private settledTo = 0;

  constructor(private readonly takeRoom: () => boolean) {}

  attempt(wait: Wait): void {
    this.settle(wait.since);
    this.waits.add(wait);
    this.waiters.set(wait.stack, (this.waiters.get(wait.stack) ?? 0) + 1);
  }

  waited(wait: Wait): void {
    this.settle(wait.until);
    if (!this.waits.delete(wait)) return;
    const left = (this.waiters.get(wait.stack) ?? 0) - 1;
    if (left > 0) this.waiters.set(wait.stack, left);
    else this.waiters.delete(wait.stack);
  }

  acquired(hold: Hold): void {
    this.settle(hold.since);
    // A release that was lost must not keep on being charged.
    if (!hold.shared) this.holders.clear();
    this.holders.set(hold.request ?? hold.thread, hold);
  }

  held(hold: Hold): void {
    this.settle(hold.until);
    const holder = hold.request ?? hold.thread;
    // Who ends while holding leaves the lock held: nobody else gets it.
    const isOver = hold.releasedBy >= 0 || (hold.request !== undefined && hold.request.hold !== hold);
    if (isOver && this.holders.get(holder) === hold) this.holders.delete(holder);
  }

  settle(t: number): void {
    const passed = t - this.settledTo;
    if (passed <= 0) return;
    this.settledTo = t;
    if (this.waiters.size === 0) return;
    const { size } = this.holders;
    for (const [waiter, count] of this.waiters) {
      if (size === 0) this.charge(waiter, NOBODY, passed * count);
      else for (const { stack } of this.holders.values()) this.charge(waiter, stack, (passed * count) / size);
    }
  }

  private charge(waiter: number, holder: number, ns: number): void {
    let byHolder = this.pairs.get(waiter);
    if (byHolder === undefined) this.pairs.set(waiter, (byHolder = new Map<number, Blame>()));
    const known = byHolder.get(holder);
    if (known !== undefined) known.ns += ns;
    else if (this.takeRoom()) byHolder.set(holder, { waiter, holder, ns });
    else this.notKeptNs += ns;
  }
}
