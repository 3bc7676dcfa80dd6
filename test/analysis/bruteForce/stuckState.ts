/** A random state of a program in which threads wait for all kinds of things: as a trace, and as plain facts. */
import { nanos } from '../../../src/base/brand.js';
import { EventColumns } from '../../../src/trace/eventBatch.js';
import type { ObjectKind } from '../../../src/trace/objectKinds.js';
import { LOCK_MODES, NO_TIMEOUT, OP, type SingleOpName } from '../../../src/trace/ops.js';
import type { ObjectRecord, ThreadRecord } from '../../../src/trace/records.js';
import type { Random } from './random.js';

const SHARED = LOCK_MODES.indexOf('shared');
const MILLI = 1e6;

export interface StuckWait {
  readonly op: SingleOpName;
  /** An object, or of a join a thread. */
  readonly object: number;
  readonly isTimed: boolean;
  readonly isShared: boolean;
  /** The earlier the smaller. */
  readonly since: number;
}

export interface StuckThread {
  readonly id: number;
  wait: StuckWait | null;
  /** In its event loop, and nothing outside of the program's threads can wake it. */
  sleeps: boolean;
  isInLoop: boolean;
  hasEnded: boolean;
  hasFailed: boolean;
}

/** Who did it, and who tried: 0. */
export type Doers = Map<number, number>;

export interface StuckObject {
  readonly id: number;
  readonly kind: ObjectKind;
  readonly capacity: number;
  /** Of a lock; -1: free. */
  owner: number;
  readonly sharers: Set<number>;
  wasGivenBackByOwner: boolean;
  wasGivenBackByOther: boolean;
  /** Set: 1; permits, items, waiters that a notify has woken. */
  level: number;
  /** Who set, released, notified, came; of a queue who put. */
  readonly providers: Doers;
  /** Of a queue: who got. */
  readonly getters: Doers;
}

const kinds: readonly ObjectKind[] = [
  ...(['lock', 'lock', 'lock', 'rlock', 'rwlock', 'rwlock', 'event', 'semaphore'] as const),
  ...(['queue', 'queue', 'barrier', 'condition', 'word', 'task'] as const),
];

const attemptOf: Readonly<Partial<Record<ObjectKind, SingleOpName>>> = {
  lock: 'lock.acquire',
  rlock: 'lock.acquire',
  rwlock: 'lock.acquire',
  event: 'event.wait',
  semaphore: 'semaphore.acquire',
  barrier: 'barrier.wait',
  condition: 'condition.wait',
  word: 'word.wait',
  task: 'task.wait',
};

export class StuckState {
  readonly threads: StuckThread[];
  readonly objects: StuckObject[];
  readonly events = new EventColumns(128);
  /** What was written, for a person. */
  readonly story: string[] = [];
  private t = MILLI;

  constructor(private readonly random: Random) {
    this.threads = Array.from({ length: 2 + random.below(4) }, (_, id) => {
      return { id, wait: null, sleeps: false, isInLoop: false, hasEnded: false, hasFailed: false };
    });
    this.objects = Array.from({ length: 1 + random.below(5) }, (_, index) => {
      const kind = random.one(kinds);
      const capacity = kind === 'queue' || kind === 'semaphore' ? 1 + random.below(2) : 0;
      return {
        ...{ id: index + 1, kind, capacity, owner: -1, sharers: new Set<number>() },
        ...{ wasGivenBackByOwner: false, wasGivenBackByOther: false },
        ...{ level: kind === 'semaphore' ? capacity : 0, providers: new Map<number, number>() },
        getters: new Map<number, number>(),
      };
    });
    for (const { id } of this.threads) this.tell(id, 'thread.begin', id);
    for (const object of this.objects) this.live(object);
    for (const object of this.objects) this.hold(object);
    for (const thread of random.shuffled(this.threads)) this.settle(thread);
    for (const object of this.objects) this.wakeSome(object);
    for (const thread of this.threads) if (random.once(6)) this.post(thread);
  }

  get threadRecords(): ThreadRecord[] {
    return this.threads.map(({ id }) => {
      return { id, name: `t${id}`, parent: id === 0 ? null : 0, start: nanos(0), file: null, library: true };
    });
  }

  get objectRecords(): ObjectRecord[] {
    const waitedFor = this.objects.map(({ id, kind, capacity }) => {
      const place = kind === 'word' ? { buffer: 1, offset: id * 4 } : {};
      return { id, kind, name: `${kind}${id}`, stack: -1, thread: 0, capacity: capacity || null, ...place };
    });
    return [...waitedFor, ...this.ports];
  }

  /** Messages that were posted, each on a port of its own. */
  private readonly ports: ObjectRecord[] = [];

  private tell(thread: number, op: SingleOpName, object: number, arg = NaN, extra = 0): void {
    this.t += MILLI;
    this.story.push(
      `${thread} ${op} ${object}${Number.isNaN(arg) ? '' : ` ${arg}`}${extra === 0 ? '' : ` (${extra})`}`,
    );
    this.events.push(this.t, thread, OP[op], object, -1, false, arg, extra);
  }

  private anyone(): number {
    return this.random.below(this.threads.length);
  }

  /** What was done with it in the past. */
  private live(object: StuckObject): void {
    for (let deeds = this.random.below(4); deeds > 0; deeds--) this.use(object, this.anyone());
  }

  private use(object: StuckObject, thread: number): void {
    const { id, kind, providers, getters } = object;
    switch (kind) {
      case 'lock':
      case 'rlock':
      case 'rwlock':
        return this.takeAndGiveBack(object, thread);
      case 'event':
        this.tell(thread, 'event.set', id);
        note(providers, thread);
        return this.tell(this.anyone(), 'event.clear', id);
      case 'semaphore':
        this.tell(thread, 'semaphore.release', id, 1);
        object.level += 1;
        return note(providers, thread);
      case 'queue':
        this.tell(thread, 'queue.putDone', id);
        note(providers, thread);
        note(getters, (thread = this.anyone()));
        return this.tell(thread, 'queue.getDone', id);
      case 'barrier':
        this.tell(thread, 'barrier.passed', id, 0);
        return note(providers, thread);
      case 'condition':
      case 'word':
        this.tell(thread, kind === 'word' ? 'word.notify' : 'condition.notify', id, 0);
        return note(providers, thread);
      default:
        this.tell(thread, 'task.start', id);
        return note(providers, thread);
    }
  }

  private takeAndGiveBack(object: StuckObject, thread: number): void {
    const isShared = object.kind === 'rwlock' && this.random.once(2);
    this.tell(thread, 'lock.acquired', object.id, 1, isShared ? SHARED : 0);
    const isForeign = object.kind !== 'rlock' && this.random.once(6);
    const by = isForeign ? (thread + 1) % this.threads.length : thread;
    if (isForeign) object.wasGivenBackByOther = true;
    else object.wasGivenBackByOwner = true;
    this.tell(by, 'lock.release', object.id, 0);
  }

  /** What stands now: who holds it, that no permit is left. */
  private hold(object: StuckObject): void {
    const { id, kind } = object;
    const isLock = kind === 'lock' || kind === 'rlock' || kind === 'rwlock';
    if (isLock && !this.random.once(4)) {
      if (kind === 'rwlock' && this.random.once(2)) {
        for (const { id: thread } of this.random.some(this.threads, 2)) {
          object.sharers.add(thread);
          this.tell(thread, 'lock.acquired', id, 1, SHARED);
        }
      } else {
        object.owner = this.anyone();
        this.tell(object.owner, 'lock.acquired', id, 1);
      }
    }
    if (kind === 'semaphore') {
      for (; object.level > 0; object.level--) this.tell(this.anyone(), 'semaphore.acquired', id);
    }
    if (kind === 'queue' && this.random.once(2)) {
      for (; object.level < object.capacity; object.level++) {
        const thread = this.anyone();
        this.tell(thread, 'queue.putDone', id);
        note(object.providers, thread);
      }
    }
  }

  private settle(thread: StuckThread): void {
    const { random } = this;
    if (random.once(8)) return;
    if (random.once(8)) {
      thread.hasEnded = true;
      thread.hasFailed = random.once(2);
      return this.tell(thread.id, 'thread.end', thread.id, thread.hasFailed ? 1 : 0);
    }
    if (random.once(8)) {
      thread.isInLoop = true;
      thread.sleeps = random.once(2);
      return this.tell(thread.id, 'loop.sample', 0, thread.sleeps ? 0 : 1);
    }
    const isTimed = random.once(8);
    const timeout = isTimed ? 5000 : NO_TIMEOUT;
    if (random.once(5)) {
      const target = this.anyone();
      if (target === thread.id) return;
      thread.wait = { op: 'thread.join', object: target, isTimed, isShared: false, since: this.t };
      return this.tell(thread.id, 'thread.join', target, NaN, timeout);
    }
    const object = random.one(this.objects);
    this.wait(thread, object, isTimed, timeout);
  }

  private wait(thread: StuckThread, object: StuckObject, isTimed: boolean, timeout: number): void {
    const { id, kind } = object;
    const isPut = kind === 'queue' && this.random.once(2);
    const isTaskJoin = kind === 'queue' && this.random.once(5);
    const op = attemptOf[kind] ?? (isTaskJoin ? 'queue.join' : isPut ? 'queue.put' : 'queue.get');
    if (op === 'queue.put') try0(object.providers, thread.id);
    if (op === 'queue.get') try0(object.getters, thread.id);
    // Readers come in at once where nobody writes or wants to.
    const isKeptOut =
      object.owner >= 0 || this.threads.some(({ wait }) => wait?.object === id && wait.op === op && !wait.isShared);
    const isShared = kind === 'rwlock' && isKeptOut && this.random.once(2);
    thread.wait = { op, object: id, isTimed, isShared, since: this.t };
    this.tell(thread.id, op, id, isShared ? SHARED : kind === 'condition' || op !== 'lock.acquire' ? NaN : 0, timeout);
  }

  /** A message that wakes an event loop; a thread in a synchronous wait does not hear it. */
  private post(target: StuckThread): void {
    const by = this.random.one(this.running());
    if (by === undefined || by === target || target.hasEnded) return;
    const ends = { from: by.id, to: target.id };
    const id = this.objects.length + this.ports.length + 1;
    this.ports.push({ id, kind: 'port', name: null, stack: -1, thread: by.id, capacity: null, ...ends });
    this.tell(by.id, 'port.post', id, 0);
    target.sleeps = false;
  }

  private running(): StuckThread[] {
    return this.threads.filter(({ wait, hasEnded, isInLoop }) => wait === null && !hasEnded && !isInLoop);
  }

  /** Somebody who runs has just done what others wait for, and they have not moved yet. */
  private wakeSome(object: StuckObject): void {
    const { id, kind, capacity } = object;
    const by = this.random.one(this.running());
    if (by === undefined || !this.random.once(4)) return;
    if (kind === 'event') {
      this.tell(by.id, 'event.set', id);
      object.level = 1;
    } else if (kind === 'condition' || kind === 'word') {
      this.tell(by.id, kind === 'word' ? 'word.notify' : 'condition.notify', id, 1);
      object.level = 1;
    } else if (kind === 'semaphore') {
      this.tell(by.id, 'semaphore.release', id, 1);
      object.level += 1;
    } else if (kind === 'queue' && object.level < capacity) {
      this.tell(by.id, 'queue.putDone', id);
      object.level += 1;
    } else return;
    note(object.providers, by.id);
  }
}

function note(doers: Doers, thread: number): void {
  doers.set(thread, (doers.get(thread) ?? 0) + 1);
}

function try0(doers: Doers, thread: number): void {
  doers.set(thread, doers.get(thread) ?? 0);
}
