/** Traces of programs that do random legal things with objects of all kinds, and get stuck now and then. */
import fc from 'fast-check';
import { nanos } from '../../src/base/brand.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { ASYNC_ATTEMPTS, NO_TIMEOUT, OP, type SingleOpName } from '../../src/trace/ops.js';
import type { ObjectRecord, ThreadRecord } from '../../src/trace/records.js';

const THREADS = 5;
const SECOND = 1e9;

const kinds = [
  'lock',
  'lock',
  'rlock',
  'event',
  'queue',
  'queue',
  'semaphore',
  'port',
  'port',
  'word',
  'weblock',
  'weblock',
] as const;

export interface RandomProgram {
  readonly threads: readonly ThreadRecord[];
  readonly objects: readonly ObjectRecord[];
  readonly events: EventColumns;
  /** Objects of which more became known: before which event. */
  readonly retold: readonly { readonly at: number; readonly record: ObjectRecord }[];
}

interface Blocked {
  /** Tries again; true: done. */
  readonly retry: () => boolean;
}

/** Each number decides one thing: which thread, which object, which deed. */
export const randomProgram: fc.Arbitrary<RandomProgram> = fc
  .array(fc.nat(0xffff), { minLength: 30, maxLength: 600 })
  .map((decisions) => new Simulation(decisions).run());

class Simulation {
  private readonly events = new EventColumns();
  private t = 1e6;
  private next = 0;
  private readonly objects: ObjectRecord[] = kinds.map((kind, i) => ({
    id: i + 1,
    kind,
    name: `${kind}${i}`,
    stack: -1,
    thread: 0,
    capacity: kind === 'queue' ? (i % 2) * 2 : null,
    ...(kind === 'port' && { from: 0, to: 1 + (i % 2) }),
  }));
  private readonly alive = new Set([0]);
  private readonly unborn = Array.from({ length: THREADS - 1 }, (_, i) => i + 1);
  private readonly blocked = new Map<number, Blocked>();
  private readonly locks = new Map<number, { owner: number; depth: number }>();
  private readonly set = new Set<number>();
  private readonly queues = new Map<number, { first: number; next: number; closed: boolean }>();
  private readonly permits = new Map<number, number>();
  private readonly pending = new Map<string, number>();
  private readonly ports = new Map<number, { posted: number; received: number; to: number }>();
  private readonly retold: { at: number; record: ObjectRecord }[] = [];
  private readonly requests = new Map<number, { thread: number; number: number }[]>();
  private requestCount = 0;
  private readonly wakes = new Map<number, number>();

  constructor(private readonly decisions: readonly number[]) {}

  run(): RandomProgram {
    this.tell(0, 'thread.begin', 0);
    while (this.next < this.decisions.length) this.step();
    const threads = Array.from({ length: THREADS }, (_, id): ThreadRecord => {
      const common = { id, start: nanos(0), file: 'a.js', library: id % 2 === 1 };
      return { ...common, name: id === 0 ? null : `t${id}`, parent: id === 0 ? null : 0 };
    });
    return { threads, objects: this.objects, events: this.events, retold: this.retold };
  }

  private decide(bound: number): number {
    return (this.decisions[this.next++] ?? 0) % bound;
  }

  private tell(thread: number, name: SingleOpName, object: number, arg = NaN, extra = 0): void {
    this.t += 1000 + ((this.next * 7919) % 5000);
    this.events.push(this.t, thread, OP[name], object, -1, false, arg, extra);
  }

  private step(): void {
    const living = [...this.alive];
    const thread = living[this.decide(living.length)];
    if (thread === undefined) {
      this.next = this.decisions.length;
      return;
    }
    const blocked = this.blocked.get(thread);
    if (blocked) {
      if (blocked.retry()) this.blocked.delete(thread);
      return;
    }
    const what = this.decide(16);
    if (what === 0) return this.start(thread);
    if (what === 1 && thread !== 0 && this.decide(3) === 0) return this.end(thread);
    if (what === 2) return this.join(thread);
    if (what === 3) this.t += this.decide(2) * SECOND;
    if (what === 4) return this.tell(thread, 'loop.sample', 0, this.decide(2));
    const object = this.objects[this.decide(this.objects.length)] as ObjectRecord;
    this.use(thread, object);
  }

  private start(thread: number): void {
    const child = this.unborn.shift();
    if (child === undefined) return;
    this.tell(thread, 'thread.start', child);
    this.tell(child, 'thread.begin', child);
    this.alive.add(child);
  }

  private end(thread: number): void {
    this.tell(thread, 'thread.end', thread, this.decide(2));
    for (const queue of this.requests.values()) if (queue.some((one) => one.thread === thread)) queue.length = 0;
    this.alive.delete(thread);
  }

  private join(thread: number): void {
    const target = this.decide(THREADS);
    if (target === thread || this.unborn.includes(target)) return;
    this.tryOr(thread, 'thread.join', target, NaN, () => {
      if (this.alive.has(target)) return false;
      this.tell(thread, 'thread.joined', target);
      return true;
    });
  }

  /** Does it at once, or says that it waits. */
  private tryOr(thread: number, attempt: SingleOpName, object: number, arg: number, retry: () => boolean): void {
    if (retry()) return;
    this.tell(thread, attempt, object, arg, this.decide(10) === 0 ? 5000 : NO_TIMEOUT);
    this.blocked.set(thread, { retry });
  }

  private use(thread: number, { id, kind, capacity }: ObjectRecord): void {
    switch (kind) {
      case 'lock':
      case 'rlock':
        return this.useLock(thread, id, kind === 'rlock');
      case 'event':
        return this.useEvent(thread, id);
      case 'queue':
        return this.useQueue(thread, id, capacity ?? 0);
      case 'semaphore':
        return this.useSemaphore(thread, id);
      case 'weblock':
        return this.useWebLock(thread, id);
      case 'port':
        return this.usePort(thread, id);
      default:
        return this.useWord(thread, id);
    }
  }

  private useLock(thread: number, id: number, isReentrant: boolean): void {
    const held = this.locks.get(id);
    const isForeign = held !== undefined && !isReentrant && this.decide(12) === 0;
    if (held !== undefined && (isForeign || (held.owner === thread && this.decide(2) === 0))) {
      held.depth -= 1;
      this.tell(thread, 'lock.release', id, held.depth);
      if (held.depth === 0) this.locks.delete(id);
      return;
    }
    this.tryOr(thread, 'lock.acquire', id, 0, () => {
      const now = this.locks.get(id);
      const again = isReentrant && now?.owner === thread;
      if (now && !again) return false;
      const depth = (now?.depth ?? 0) + 1;
      this.locks.set(id, { owner: thread, depth });
      this.tell(thread, 'lock.acquired', id, depth);
      return true;
    });
  }

  /** Requests wait and hold while their threads go on. */
  private useWebLock(thread: number, id: number): void {
    const queue = this.requests.get(id) ?? [];
    this.requests.set(id, queue);
    const [owner] = queue;
    if (owner?.thread === thread && this.decide(2) === 0) return this.giveBack(id, queue);
    const number = ++this.requestCount;
    const outer = [...this.requests.values()].map(([first]) => first).find((first) => first?.thread === thread);
    this.tell(thread, 'lock.request', id, number, outer?.number ?? 0);
    queue.push({ thread, number });
    if (owner === undefined) this.tell(thread, 'lock.acquired', id, number);
    else this.tell(thread, 'lock.acquire', id, 0, NO_TIMEOUT);
  }

  private giveBack(id: number, queue: { thread: number; number: number }[]): void {
    const owner = queue.shift();
    if (owner) this.tell(owner.thread, 'lock.release', id, owner.number);
    const [next] = queue;
    // A thread that is blocked cannot take it.
    if (next && !this.blocked.has(next.thread)) this.tell(next.thread, 'lock.acquired', id, next.number);
    else queue.length = 0;
  }

  private useEvent(thread: number, id: number): void {
    const what = this.decide(4);
    if (what === 0) {
      this.tell(thread, 'event.set', id);
      this.set.add(id);
    } else if (what === 1) {
      this.set.delete(id);
      this.tell(thread, 'event.clear', id);
    } else if (what === 2) {
      this.tell(thread, 'event.test', id, this.set.has(id) ? 1 : 0);
    } else {
      this.tryOr(thread, 'event.wait', id, NaN, () => {
        if (!this.set.has(id)) return false;
        this.tell(thread, 'event.woken', id);
        return true;
      });
    }
  }

  private useQueue(thread: number, id: number, capacity: number): void {
    const queue = this.queues.get(id) ?? { first: 0, next: 0, closed: false };
    this.queues.set(id, queue);
    if (queue.closed) return;
    if (this.decide(40) === 0) {
      queue.closed = true;
      return this.tell(thread, 'queue.close', id);
    }
    if (this.decide(2) === 0) {
      this.tryOr(thread, 'queue.put', id, NaN, () => {
        if (capacity > 0 && queue.next - queue.first >= capacity) return false;
        this.tell(thread, 'queue.putDone', id, queue.next++);
        return true;
      });
    } else {
      this.tryOr(thread, 'queue.get', id, NaN, () => {
        if (queue.first === queue.next) return false;
        this.tell(thread, 'queue.getDone', id, queue.first++);
        return true;
      });
    }
  }

  /** Begins one, or ends one of those that wait; its outcome may come later or never. */
  private useAsync(thread: number, id: number): void {
    const key = `${thread} ${id}`;
    const pending = this.pending.get(key) ?? 0;
    const op = ASYNC_ATTEMPTS.indexOf('semaphore.acquire');
    if (pending === 0 || this.decide(2) === 0) {
      this.pending.set(key, pending + 1);
      return this.tell(thread, 'async.wait', id, op, this.decide(4) === 0 ? 5000 : NO_TIMEOUT);
    }
    this.pending.set(key, pending - 1);
    this.tell(thread, 'async.end', id, op, this.decide(pending));
    if (this.decide(4) > 0) this.tell(thread, this.decide(3) > 0 ? 'semaphore.acquired' : 'semaphore.refused', id);
  }

  private useSemaphore(thread: number, id: number): void {
    if (this.decide(3) === 0) return this.useAsync(thread, id);
    if (this.decide(2) === 0) {
      this.permits.set(id, (this.permits.get(id) ?? 0) + 1);
      return this.tell(thread, 'semaphore.release', id, 1);
    }
    this.tryOr(thread, 'semaphore.acquire', id, NaN, () => {
      const left = this.permits.get(id) ?? 0;
      if (left === 0) return false;
      this.permits.set(id, left - 1);
      this.tell(thread, 'semaphore.acquired', id);
      return true;
    });
  }

  private usePort(thread: number, id: number): void {
    const { from, to = -1 } = this.objects[id - 1] as ObjectRecord;
    const port = this.ports.get(id) ?? { posted: 0, received: 0, to };
    this.ports.set(id, port);
    if (thread === from) this.tell(thread, 'port.post', id, port.posted++);
    // On its way: whoever comes next may have it.
    if (port.to === -1 && thread !== from) this.give(id, (port.to = thread));
    if (thread !== port.to) return;
    const what = this.decide(9);
    if (what === 8) {
      this.give(id, (port.to = -1));
      this.tell(thread, 'port.transfer', id);
    } else if (what === 0) this.tell(thread, this.decide(2) === 0 ? 'port.listen' : 'port.unlisten', id);
    else if (port.received < port.posted) this.tell(thread, 'port.receive', id, port.received++);
  }

  private give(id: number, to: number): void {
    const record = { ...(this.objects[id - 1] as { -readonly [K in keyof ObjectRecord]: ObjectRecord[K] }) };
    if (to < 0) delete record.to;
    else record.to = to;
    this.retold.push({ at: this.events.length, record });
  }

  private useWord(thread: number, id: number): void {
    if (this.decide(2) === 0) {
      const waiting = [...this.blocked.values()].filter((one) => one === this.sleeper).length;
      const woken = waiting > 0 ? 1 : 0;
      this.wakes.set(id, (this.wakes.get(id) ?? 0) + woken);
      return this.tell(thread, 'word.notify', id, woken);
    }
    if (this.sleeper !== null) return;
    this.tell(thread, 'word.wait', id, 0, NO_TIMEOUT);
    this.sleeper = {
      retry: () => {
        if ((this.wakes.get(id) ?? 0) === 0) return false;
        this.wakes.set(id, 0);
        this.tell(thread, 'word.woken', id);
        this.sleeper = null;
        return true;
      },
    };
    this.blocked.set(thread, this.sleeper);
  }

  /** Who waits for the word. */
  private sleeper: Blocked | null = null;
}
