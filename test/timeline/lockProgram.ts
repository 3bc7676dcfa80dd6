import fc from 'fast-check';
import { nanos } from '../../src/base/brand.js';
import type { Hold, ModelListener, Wait } from '../../src/model/intervals.js';
import { OP } from '../../src/trace/ops.js';

export interface Step {
  readonly thread: number;
  readonly lock: number;
  readonly wait: number;
}

export const THREADS = 4;
export const LOCKS = 3;

/** What threads would like to do: each step takes the lock, or gives it back when the thread holds it. */
export const programs = fc.array(
  fc.record({ thread: fc.nat(THREADS - 1), lock: fc.integer({ min: 1, max: LOCKS }), wait: fc.nat(9) }),
  { maxLength: 80 },
);

export interface History {
  readonly holds: readonly Hold[];
  readonly waits: readonly Wait[];
  readonly now: number;
}

/** Plays a program as the model would tell it; a thread that waits does nothing until it gets its lock. */
export class LockProgram implements History {
  readonly holds: Hold[] = [];
  readonly waits: Wait[] = [];
  now = 1000;
  private readonly open = new Map<number, Hold>();
  private readonly queues = new Map<number, Wait[]>();

  constructor(private readonly listener: ModelListener) {}

  play({ thread, lock, wait }: Step): void {
    this.now += wait;
    const isWaiting = [...this.queues.values()].some((queue) => queue.some((one) => one.thread === thread));
    if (isWaiting) return;
    const owner = this.open.get(lock);
    if (owner?.thread === thread) this.release(owner);
    else if (owner) this.enqueue(thread, lock, owner);
    else this.acquire(thread, lock, null);
  }

  /** Tells what is open, as `Model.flush` does. */
  flush(): void {
    for (const hold of this.open.values()) {
      hold.until = nanos(this.now);
      this.listener.hold?.(hold);
    }
    for (const wait of [...this.queues.values()].flat()) {
      wait.until = nanos(this.now);
      this.listener.wait?.(wait);
    }
  }

  private enqueue(thread: number, lock: number, owner: Hold): void {
    const wait: Wait = {
      thread,
      family: 'lock',
      op: OP['lock.acquire'],
      object: lock,
      stack: thread,
      since: nanos(this.now),
      until: nanos(this.now),
      timeoutMs: null,
      outcome: 'open',
      endedByThread: -1,
      endedByStack: -1,
      ownerAtStart: owner.thread,
    };
    this.waits.push(wait);
    this.queues.set(lock, [...(this.queues.get(lock) ?? []), wait]);
    this.listener.attempt?.(wait);
  }

  private acquire(thread: number, lock: number, wait: Wait | null): void {
    const since = nanos(this.now);
    const held = [...this.open.values()].filter((hold) => hold.thread === thread);
    const hold: Hold = {
      lock,
      thread,
      shared: false,
      bounded: false,
      since,
      until: since,
      stack: this.holds.length,
      sampled: false,
      wait,
      releasedBy: -1,
    };
    this.open.set(lock, hold);
    this.holds.push(hold);
    this.listener.acquired?.(hold, held);
  }

  private release(hold: Hold): void {
    hold.until = nanos(this.now);
    hold.releasedBy = hold.thread;
    this.open.delete(hold.lock);
    this.listener.hold?.(hold);
    const [next, ...rest] = this.queues.get(hold.lock) ?? [];
    this.queues.set(hold.lock, rest);
    if (!next) return;
    this.now += 1;
    next.until = nanos(this.now);
    next.outcome = 'done';
    next.endedByThread = hold.thread;
    this.listener.wait?.(next);
    this.acquire(next.thread, next.object, next);
  }
}
