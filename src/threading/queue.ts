import { OP, QUEUE_REFUSALS } from '../trace/ops.js';
import { newGrowableMemory } from './growableMemory.js';
import {
  checkHandle,
  describe,
  handleOf,
  isHandle,
  Primitive,
  type Handle,
  type Named,
  type PrimitiveOptions,
} from './handle.js';
import { ItemRing, NEW_RING_BYTES } from './itemRing.js';
import { Closed, Empty, Full } from './queueErrors.js';
import { decodeItem, encodeItem, type EncodedItem } from './queueItem.js';
import { identify, probe, raw } from './recording.js';
import { enter, leave } from './robustMutex.js';
import { checkOptions, checkTimeout, deadlineOf, RECHECK_MILLIS, recordedTimeout, remaining } from './timeout.js';

export interface QueueWaitOptions {
  /** False: do it at once or not at all. Default true. */
  readonly block?: boolean;
  /** Milliseconds to wait at most; default: for ever. Must not be given with `block: false`. */
  readonly timeout?: number;
}

/**
 * The first words of a queue's memory. `GETTERS`, `PUTTERS` and `JOINERS` count who may be asleep, on the words `ITEMS`,
 * `ROOM` and `DONE`, which count the wake-ups.
 */
const WORD = {
  MUTEX: 0,
  OBJECT: 1,
  MAX_SIZE: 2,
  CLOSED: 3,
  GETTERS: 4,
  PUTTERS: 5,
  JOINERS: 6,
  ITEMS: 7,
  ROOM: 8,
  DONE: 9,
  VERSION: 10,
} as const;
const WORDS = 16;

const MAX_SIZE_LIMIT = 2 ** 31 - 1;

type Refusal = 'full' | 'empty' | 'timeout' | 'closed';

/** Where a waiter counts itself, what it sleeps on, and the event that says so. */
const WAITS = {
  put: { sleepers: WORD.PUTTERS, bell: WORD.ROOM, op: OP['queue.put'] },
  get: { sleepers: WORD.GETTERS, bell: WORD.ITEMS, op: OP['queue.get'] },
  join: { sleepers: WORD.JOINERS, bell: WORD.DONE, op: OP['queue.join'] },
} as const;

/**
 * First in, first out, for any number of producers and consumers in any threads. Items are copied as by
 * `structuredClone`, into shared memory that grows as needed (up to 1 GiB of waiting items). Functions, ports, shared
 * memory and primitives are refused. Python: `queue.Queue`.
 *
 * @example
 * const jobs = new Queue<string>(10);   // a put waits while 10 are waiting
 * jobs.put('page 1');
 * const job = jobs.get();
 */
export class Queue<T = unknown> extends Primitive {
  readonly #cells: Int32Array;
  readonly #ring: ItemRing;
  readonly #object: number;

  /** @param maxSize how many items may wait; 0: any number */
  constructor(maxSize?: number, options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(maxSize: number | Handle = 0, options: PrimitiveOptions = {}) {
    const isNew = !isHandle(maxSize);
    if (isNew) checkMaxSize(maxSize);
    super(handleOf('queue', isNew ? options : maxSize, () => newGrowableMemory(NEW_RING_BYTES)));
    const { memory } = this.threadlanes;
    this.#cells = new Int32Array(memory, 0, WORDS);
    this.#ring = new ItemRing(memory, this.#cells, WORD.VERSION);
    if (isNew) {
      this.#cells[WORD.MAX_SIZE] = maxSize;
      this.#ring.initialize();
    }
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'queue', name: this.name, capacity: this.maxSize });
  }

  /** The queue behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from<T = unknown>(handle: unknown): Queue<T> {
    return handle instanceof Queue ? (handle as Queue<T>) : new Queue<T>(checkHandle(handle, 'queue'));
  }

  /** How many items may wait; 0: any number. Python: `Queue.maxsize`. */
  get maxSize(): number {
    return raw.load(this.#cells, WORD.MAX_SIZE);
  }

  /**
   * Appends a copy of `item`; while the queue is full, waits as the options say (milliseconds).
   * Throws {@link Full}, {@link Closed}, and a TypeError for an item that cannot be copied. Python: `Queue.put`.
   */
  put(item: T, options?: QueueWaitOptions): void {
    const timeout = checkWait(options, this.threadlanes);
    const encoded = encodeItem(item, this.threadlanes);
    const refusal = this.#when('put', timeout, () => this.#tryPut(encoded));
    if (refusal !== undefined) this.#refuse(refusal, Full, 'full');
  }

  /**
   * Takes the oldest item; while the queue is empty, waits as the options say (milliseconds).
   * Throws {@link Empty}, and {@link Closed} when it is closed and empty. Python: `Queue.get`.
   */
  get(options?: QueueWaitOptions): T {
    const timeout = checkWait(options, this.threadlanes);
    let taken: EncodedItem | undefined;
    const refusal = this.#when('get', timeout, () => {
      const result = this.#tryTake();
      if (typeof result === 'string') return result;
      taken = result;
      return undefined;
    });
    if (refusal !== undefined) this.#refuse(refusal, Empty, 'empty');
    return decodeItem(taken as EncodedItem) as T;
  }

  /** `put` with `block: false`. Python: `Queue.put_nowait`. */
  putNowait(item: T): void {
    this.put(item, { block: false });
  }

  /** `get` with `block: false`. Python: `Queue.get_nowait`. */
  getNowait(): T {
    return this.get({ block: false });
  }

  /** How many items wait at this moment; another thread may change that at once. Python: `Queue.qsize`. */
  qsize(): number {
    enter(this.#cells, WORD.MUTEX);
    const { length } = this.#ring;
    leave(this.#cells, WORD.MUTEX);
    if (probe !== undefined) probe.record(OP['queue.test'], this.#object, length);
    return length;
  }

  /** Whether no item waits at this moment. Python: `Queue.empty`. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Whether a put would have to wait at this moment. Python: `Queue.full`. */
  full(): boolean {
    const length = this.qsize();
    return this.maxSize > 0 && length >= this.maxSize;
  }

  /** Says that an item that was got is dealt with. Throws when called more often than items were put. Python: `Queue.task_done`. */
  taskDone(): void {
    enter(this.#cells, WORD.MUTEX);
    try {
      if (this.#ring.unfinished === 0) {
        throw new Error(`${describe(this.threadlanes)}: taskDone called more often than items were put`);
      }
      if (probe !== undefined) probe.record(OP['queue.taskDone'], this.#object);
      this.#ring.finishOne();
      if (this.#ring.unfinished === 0) this.#wake(WORD.JOINERS, WORD.DONE, Infinity);
    } finally {
      leave(this.#cells, WORD.MUTEX);
    }
  }

  /**
   * Waits until `taskDone` was called for every item that was put, at most `timeout` milliseconds; false when the time ran
   * out. Python: `Queue.join`, which has no timeout.
   */
  join(timeout?: number): boolean {
    const limit = checkTimeout(timeout, this.threadlanes);
    const refusal = this.#when('join', limit, () => (this.#ring.unfinished === 0 ? undefined : 'timeout'));
    if (probe !== undefined) {
      if (refusal === undefined) probe.record(OP['queue.joined'], this.#object);
      else probe.record(OP['queue.refused'], this.#object, QUEUE_REFUSALS.indexOf(refusal));
    }
    return refusal === undefined;
  }

  /**
   * No more puts: they throw {@link Closed}, waiting ones too. Gets go on until the queue is empty, then throw it as well.
   * Python 3.13: `Queue.shutdown`.
   */
  close(): void {
    enter(this.#cells, WORD.MUTEX);
    if (probe !== undefined) probe.record(OP['queue.close'], this.#object);
    raw.store(this.#cells, WORD.CLOSED, 1);
    this.#wake(WORD.GETTERS, WORD.ITEMS, Infinity);
    this.#wake(WORD.PUTTERS, WORD.ROOM, Infinity);
    leave(this.#cells, WORD.MUTEX);
  }

  /** Inside the lock: puts, or says why not. The event is written before the item becomes visible. */
  #tryPut(item: EncodedItem): Refusal | undefined {
    if (raw.load(this.#cells, WORD.CLOSED) === 1) return 'closed';
    const { maxSize } = this;
    if (maxSize > 0 && this.#ring.length >= maxSize) return 'full';
    this.#ring.write(item, this.threadlanes);
    if (probe !== undefined) probe.record(OP['queue.putDone'], this.#object, this.#ring.nextPut);
    this.#ring.publish();
    this.#wake(WORD.GETTERS, WORD.ITEMS, 1);
    return undefined;
  }

  /** Inside the lock: takes, or says why not. The event is written before a putter can use the room. */
  #tryTake(): EncodedItem | Refusal {
    if (this.#ring.length === 0) return raw.load(this.#cells, WORD.CLOSED) === 1 ? 'closed' : 'empty';
    const number = this.#ring.nextTaken;
    const item = this.#ring.take();
    if (probe !== undefined) probe.record(OP['queue.getDone'], this.#object, number);
    this.#wake(WORD.PUTTERS, WORD.ROOM, 1);
    return item;
  }

  /**
   * Repeats `attempt`, which runs inside the lock and returns why it cannot succeed yet, until it does, the queue is
   * closed, or the time is up. Gives the refusal, or `undefined` for success.
   */
  #when(
    kind: keyof typeof WAITS,
    timeout: number | undefined,
    attempt: () => Refusal | undefined,
  ): Refusal | undefined {
    const cells = this.#cells;
    const { sleepers, bell, op } = WAITS[kind];
    let deadline: number | undefined;
    for (;;) {
      let refusal: Refusal | undefined;
      let heard = 0;
      enter(cells, WORD.MUTEX);
      try {
        refusal = attempt();
        if (refusal === undefined || refusal === 'closed' || timeout === undefined) return refusal;
        if (deadline !== undefined && remaining(deadline) === 0) return 'timeout';
        raw.add(cells, sleepers, 1);
        heard = raw.load(cells, bell);
      } finally {
        leave(cells, WORD.MUTEX);
      }
      if (deadline === undefined) {
        if (probe !== undefined) probe.record(op, this.#object, undefined, recordedTimeout(timeout));
        deadline = deadlineOf(timeout);
      }
      raw.wait(cells, bell, heard, Math.min(remaining(deadline), RECHECK_MILLIS));
      raw.sub(cells, sleepers, 1);
    }
  }

  /** Inside the lock: wakes up to `count` of those that may sleep. */
  #wake(sleepers: number, bell: number, count: number): void {
    if (raw.load(this.#cells, sleepers) === 0) return;
    raw.add(this.#cells, bell, 1);
    raw.notify(this.#cells, bell, count);
  }

  #refuse(refusal: Refusal, unready: typeof Full | typeof Empty, state: string): never {
    if (probe !== undefined) probe.record(OP['queue.refused'], this.#object, QUEUE_REFUSALS.indexOf(refusal));
    const who = describe(this.threadlanes);
    throw refusal === 'closed' ? new Closed(`${who}: closed`) : new unready(`${who}: ${state}`);
  }
}

function checkMaxSize(maxSize: number): void {
  if (Number.isInteger(maxSize) && maxSize >= 0 && maxSize <= MAX_SIZE_LIMIT) return;
  throw new RangeError(`Queue: maxSize must be a whole number from 0 (no limit), got ${String(maxSize)}`);
}

/** The milliseconds to wait at most; `undefined`: do not block. */
function checkWait(options: QueueWaitOptions | undefined, who: Named): number | undefined {
  if (options === undefined) return Infinity;
  checkOptions(options, who);
  const timeout = checkTimeout(options.timeout, who);
  if (options.block !== false) return timeout;
  if (options.timeout !== undefined)
    throw new TypeError(`${describe(who)}: a timeout makes no sense with block: false`);
  return undefined;
}
