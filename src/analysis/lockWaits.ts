import type { Nanos } from '../base/brand.js';
import type { Hold, Wait } from '../model/intervals.js';
import type { LockRequest } from '../model/lockRequests.js';
import { CAPS, CONTENTION } from './thresholds.js';

/** What was waited at one line while a thread held the lock that it had taken at another; one wait and hold of them. */
export interface ChargedLine {
  waiter: Wait;
  holder: Hold;
  waitNs: number;
}

interface Waiter {
  readonly wait: Wait;
  readonly charges: Map<Hold, number>;
}

/** Who waits: a thread, unless it goes on meanwhile. */
function waiterOf(wait: Wait): number | LockRequest | Wait {
  return wait.request ?? (wait.isAsync === true ? wait : wait.thread);
}

/** The waiting for one lock, each interval charged to those who held the lock during it. */
export class LockWaits {
  readonly waiters = new Map<number | LockRequest | Wait, Waiter>();
  private readonly holders = new Map<number | LockRequest, Hold>();
  private readonly charged = new WeakSet<Hold>();
  private settledTo = 0;

  waitNs = 0;
  count = 0;
  first = Infinity;
  last = 0;
  longest: Wait | null = null;
  readonly threads = new Map<number, number>();
  /** The first {@link CAPS.waitsALock}, in nanoseconds. */
  readonly durations: number[] = [];
  /** By the waiter's stack, then the holder's. */
  readonly lines = new Map<number, Map<number, ChargedLine>>();
  /** The longest hold taken at each stack, of those that somebody waited for. */
  readonly longestHold = new Map<number, { thread: number; ns: number }>();
  /** The holds that cost others most, the costliest first. */
  private readonly costliest: { readonly hold: Hold; ns: number }[] = [];
  private readonly costs = new WeakMap<Hold, number>();
  private chargedNs = 0;
  private lineCount = 0;
  dropped = 0;

  constructor(readonly lock: number) {}

  attempt(wait: Wait): void {
    this.settle(wait.since);
    this.waiters.set(waiterOf(wait), { wait, charges: new Map() });
  }

  acquired(hold: Hold): void {
    this.settle(hold.since);
    // A release that was lost must not keep on being charged.
    if (!hold.shared) this.holders.clear();
    this.holders.set(hold.request ?? hold.thread, hold);
  }

  /** A hold is over, or has come so far: then nobody has released it yet, and it goes on. */
  held(hold: Hold): void {
    this.settle(hold.until);
    const holder = hold.request ?? hold.thread;
    const isOver = hold.releasedBy >= 0 || (hold.request !== undefined && hold.request.hold !== hold);
    if (isOver && this.holders.get(holder) === hold) this.holders.delete(holder);
    const longest = this.longestHold.get(hold.stack);
    const ns = hold.until - hold.since;
    if (longest && ns > longest.ns && this.charged.has(hold)) {
      longest.ns = ns;
      longest.thread = hold.thread;
    }
  }

  /** A wait is over. One that never ends is no contention but a hang, and is said as one. */
  waited(wait: Wait): void {
    this.settle(wait.until);
    const waiting = waiterOf(wait);
    const waiter = this.waiters.get(waiting);
    if (wait.outcome === 'open' || waiter?.wait !== wait) return;
    this.waiters.delete(waiting);
    if (wait.outcome === 'threadEnded') return;
    // Who waited for the end of another thread was meant to: it takes over from that one.
    if (wait.request !== undefined && [...waiter.charges.keys()].some((hold) => hold.releasedBy < 0)) return;
    const ns = wait.until - wait.since;
    this.waitNs += ns;
    this.count++;
    this.first = Math.min(this.first, wait.since);
    this.last = Math.max(this.last, wait.until);
    if (this.longest === null || ns > this.longest.until - this.longest.since) this.longest = wait;
    this.threads.set(wait.thread, (this.threads.get(wait.thread) ?? 0) + ns);
    if (this.durations.length < CAPS.waitsALock) this.durations.push(ns);
    for (const [hold, charged] of waiter.charges) this.charge(wait, hold, charged);
  }

  /** What was waited while the lock was held, without the few holds that cost most. */
  get usualNs(): number {
    return this.costliest.reduce((left, { ns }) => left - ns, this.chargedNs);
  }

  private settle(t: Nanos): void {
    const passed = t - this.settledTo;
    if (passed <= 0) return;
    this.settledTo = t;
    for (const { charges } of this.waiters.values()) {
      for (const hold of this.holders.values()) charges.set(hold, (charges.get(hold) ?? 0) + passed);
    }
  }

  private addCost(hold: Hold, ns: number): void {
    const { costliest } = this;
    const cost = (this.costs.get(hold) ?? 0) + ns;
    this.costs.set(hold, cost);
    this.chargedNs += ns;
    const known = costliest.find((one) => one.hold === hold);
    if (known) known.ns = cost;
    else if (costliest.length < CONTENTION.holdsSetAside || cost > (costliest.at(-1)?.ns ?? 0)) {
      costliest.push({ hold, ns: cost });
    } else return;
    costliest.sort((a, b) => b.ns - a.ns);
    costliest.length = Math.min(costliest.length, CONTENTION.holdsSetAside);
  }

  private charge(waiter: Wait, hold: Hold, ns: number): void {
    this.addCost(hold, ns);
    let byHolder = this.lines.get(waiter.stack);
    if (!byHolder) this.lines.set(waiter.stack, (byHolder = new Map<number, ChargedLine>()));
    let line = byHolder.get(hold.stack);
    if (!line) {
      if (this.lineCount >= CAPS.contendedLines) {
        this.dropped++;
        return;
      }
      this.lineCount++;
      byHolder.set(hold.stack, (line = { waiter, holder: hold, waitNs: 0 }));
    }
    // A line that was looked at once is the better one.
    if (line.waiter.sampled === true) line.waiter = waiter;
    if (line.holder.sampled) line.holder = hold;
    line.waitNs += ns;
    this.charged.add(hold);
    const known = this.longestHold.get(hold.stack);
    const heldNs = hold.until - hold.since;
    if (!known || heldNs > known.ns) this.longestHold.set(hold.stack, { thread: hold.thread, ns: heldNs });
  }
}
