/** Who owns which lock of an STD trace how often, and who waits in it: what its lines leave for the reader to know. */

interface Monitor {
  /** -1: nobody. */
  owner: number;
  depth: number;
  readonly sleepers: Set<number>;
}

/** A lock that a thread gave up to wait in it. */
interface Sleep {
  readonly lock: string;
  /** How often the thread had it. */
  readonly depth: number;
  isOver: boolean;
}

export class StdMonitors {
  private readonly monitors = new Map<string, Monitor>();
  private readonly sleeps = new Map<number, Sleep>();

  /** How often the thread has it now: after a wait as often as before. */
  acquire(thread: number, lock: string): number {
    const monitor = this.of(lock);
    const before = this.sleeps.get(thread);
    const isBack = before?.lock === lock;
    if (isBack) this.sleeps.delete(thread);
    const times = isBack ? Math.max(1, before.depth) : 1;
    monitor.depth = monitor.owner === thread ? monitor.depth + times : times;
    monitor.owner = thread;
    return monitor.depth;
  }

  /** How often it is still taken; NaN: nobody knows, it was taken before the trace began, or by another. */
  release(thread: number, lock: string): number {
    const monitor = this.of(lock);
    if (monitor.owner !== thread) return NaN;
    monitor.depth -= 1;
    if (monitor.depth === 0) monitor.owner = -1;
    return monitor.depth;
  }

  /** The thread gives the lock up, however often it has it, until it is notified. */
  sleep(thread: number, lock: string): void {
    const monitor = this.of(lock);
    const isOwner = monitor.owner === thread;
    monitor.sleepers.add(thread);
    this.sleeps.set(thread, { lock, depth: isOwner ? monitor.depth : 0, isOver: false });
    if (!isOwner) return;
    monitor.owner = -1;
    monitor.depth = 0;
  }

  sleepersOf(lock: string): number {
    return this.of(lock).sleepers.size;
  }

  /** The thread is heard of again: in which lock it waited until now. */
  wake(thread: number): { readonly lock: string; readonly depth: number } | null {
    const sleep = this.sleeps.get(thread);
    if (sleep === undefined || sleep.isOver) return null;
    sleep.isOver = true;
    this.of(sleep.lock).sleepers.delete(thread);
    return sleep;
  }

  private of(lock: string): Monitor {
    let monitor = this.monitors.get(lock);
    if (monitor === undefined) this.monitors.set(lock, (monitor = { owner: -1, depth: 0, sleepers: new Set() }));
    return monitor;
  }
}
