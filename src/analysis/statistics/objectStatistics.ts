import type { Hold, ModelListener, QueueDeed, Transfer, Wait } from '../../model/intervals.js';
import { Durations } from './durations.js';
import { LIMITS } from './limits.js';
import { OverHolds } from './overHolds.js';
import { keyOfWait } from './subject.js';

/** What happened to one object, or to a thread that others joined. */
export class ObjectSums {
  /** By the attempt's op code. */
  readonly waits = new Map<number, Durations>();
  /** Locks: how often one was taken that its thread did not have, and how often somebody waited before. */
  acquires = 0;
  contended = 0;
  readonly holds = new Durations();
  /** Queues. */
  readonly deeds: Record<QueueDeed, number> = { put: 0, got: 0, taskDone: 0 };
  longest = 0;
  /** Queues and ports: how long what one thread sent to another was on its way. */
  readonly delays = new Durations();

  constructor(readonly key: number) {}

  get waitNs(): number {
    let sum = 0;
    for (const { totalNs } of this.waits.values()) sum += totalNs;
    return sum;
  }
}

const DELAYED: ReadonlySet<Transfer['kind']> = new Set(['item', 'message']);

/** Waits, holds, lengths and delays by object. */
export class ObjectStatistics implements ModelListener {
  private readonly objects = new Map<number, ObjectSums>();
  private readonly over = new OverHolds();
  private last: ObjectSums | null = null;
  /** What happened to objects that there was no room for. */
  notKept = 0;

  wait(wait: Wait): void {
    if (wait.outcome === 'open' || wait.family === 'sleep') return;
    const object = this.of(keyOfWait(wait));
    if (object !== null) addWait(object, wait, wait.until);
  }

  acquired(hold: Hold): void {
    const lock = this.of(hold.lock);
    if (lock === null) return;
    lock.acquires += 1;
    if (hold.wait !== null) lock.contended += 1;
  }

  hold(hold: Hold): void {
    if (this.over.isNew(hold)) this.of(hold.lock)?.holds.add(Math.max(0, hold.until - hold.since));
  }

  wordTaken(hold: Hold): void {
    this.acquired(hold);
  }

  wordGivenBack(hold: Hold): void {
    this.hold(hold);
  }

  queue(deed: QueueDeed, queue: number, length: number): void {
    const object = this.of(queue);
    if (object === null) return;
    object.deeds[deed] += 1;
    if (length > object.longest) object.longest = length;
  }

  transfer({ kind, object, fromTime, toTime }: Transfer): void {
    if (DELAYED.has(kind)) this.of(object)?.delays.add(Math.max(0, toTime - fromTime));
  }

  /** All objects, with the waits that go on; in the order of their keys. Ask once, at the end. */
  sums(waits: Iterable<Wait>, now: number): ObjectSums[] {
    for (const wait of waits) {
      const object = wait.family === 'sleep' ? null : this.of(keyOfWait(wait));
      if (object !== null) addWait(object, wait, now);
    }
    return [...this.objects.values()].sort((a, b) => a.key - b.key);
  }

  private of(key: number): ObjectSums | null {
    if (this.last?.key === key) return this.last;
    let object = this.objects.get(key);
    if (object === undefined) {
      if (this.objects.size >= LIMITS.objects) {
        this.notKept += 1;
        return null;
      }
      this.objects.set(key, (object = new ObjectSums(key)));
    }
    return (this.last = object);
  }
}

function addWait(object: ObjectSums, { op, since }: Wait, until: number): void {
  let durations = object.waits.get(op);
  if (durations === undefined) object.waits.set(op, (durations = new Durations()));
  durations.add(Math.max(0, until - since));
}
