import { OP } from '../../trace/ops.js';
import { AsyncLine } from '../waiting/asyncWait.js';
import { newGrowableMemory } from '../crossing/growableMemory.js';
import {
  checkFlag,
  checkHandle,
  checkOptions,
  describe,
  handleOf,
  isHandle,
  Primitive,
  type Handle,
  type PrimitiveOptions,
} from '../crossing/handle.js';
import { addressBytes, addressIn } from './itemAddress.js';
import { TAG, type ItemBytes } from './itemBytes.js';
import type { ItemStore } from './itemStore.js';
import { isAwaited, ringAll, ringBell, WAITS, type WaitKind } from './queueBells.js';
import { STORES, withItems, type QueueKind } from './queueHandle.js';
import { packItem, unpackItem } from './queueItem.js';
import { Closed } from './queueErrors.js';
import { HEADER_BYTES, OPENNESS, WORD } from './queueMemory.js';
import {
  checkMaxSize,
  checkPut,
  checkWait,
  CLOSE_OPTIONS,
  queueOptions,
  type CloseOptions,
  type Priority,
  type QueueWaitOptions,
} from './queueOptions.js';
import {
  ASK_AT_MOST_MILLIS,
  outOfReach,
  recordRefusal,
  refusedGet,
  refusedPut,
  type Refusal,
} from './queueRefusals.js';
import { waitUntil, type QueueWait } from './queueWait.js';
import { identify, probe, raw } from '../recording.js';
import { reviving } from '../crossing/reviving.js';
import { enter, leave } from '../waiting/robustMutex.js';
import { adoptItems, isKnown, listen, publish, release, request, type Address } from './sharedItems.js';
import { checkTimeout } from '../waiting/timeout.js';

/** How long a get that must not block waits for an item that the others are asked for. */
const ASK_BRIEFLY_MILLIS = 1000;

/**
 * First in, first out, for any number of producers and consumers in any threads. Items are copied as by `structuredClone`,
 * into shared memory that grows as needed (up to 512 MiB of waiting items). Primitives, Threads and SharedArrayBuffers are
 * shared, not copied, also inside of other items. Functions and ports are refused. Python: `queue.Queue`.
 *
 * @example
 * const jobs = new Queue<string>(10);   // a put waits while 10 are waiting
 * jobs.put('page 1');
 * const job = jobs.get();
 */
export class Queue<T = unknown> extends Primitive {
  /** @internal */
  static readonly kind: QueueKind = 'queue';

  readonly #cells: Int32Array;
  readonly #store: ItemStore;
  readonly #object: number;
  readonly #lines: Partial<Record<WaitKind, AsyncLine>> = {};

  /** @param maxSize how many items may wait; 0: any number */
  constructor(maxSize?: number, options?: PrimitiveOptions);
  /** @internal */
  constructor(maxSize: number | Handle | undefined, options: PrimitiveOptions | undefined, kind: QueueKind);
  constructor(given: number | Handle = 0, options: PrimitiveOptions = {}, kind: QueueKind = 'queue') {
    const isNew = !isHandle(given);
    if (isNew) checkMaxSize(given, { kind, name: undefined });
    const newMemory = (): SharedArrayBuffer => newGrowableMemory(STORES[kind].bytes);
    const data = handleOf(kind, isNew ? options : given, newMemory, queueOptions(kind));
    const { memory } = data;
    const cells = new Int32Array(memory, 0, HEADER_BYTES / 4);
    super(withItems(data, cells));
    const { Store } = STORES[data.kind as QueueKind];
    listen(ringAll);
    this.#cells = cells;
    this.#store = new Store(memory, cells);
    if (isNew) {
      cells[WORD.MAX_SIZE] = given;
      cells[WORD.QUEUE] = Math.floor(Math.random() * 2 ** 31);
      this.#store.initialize();
    } else {
      adoptItems(data.items ?? []);
    }
    this.#object = identify(cells, WORD.OBJECT, { kind: 'queue', name: this.name, capacity: this.maxSize });
  }

  /**
   * The queue behind a structured clone of it, as it arrives through `workerData` or a message. Called on a subclass it
   * makes an instance of that, without calling its constructor: own properties come as they were cloned. That is also how
   * a thread turns the plain Queue that it got as an argument into one of its class: `Pipeline.from(queue)`.
   */
  static from<Q extends Queue>(this: new (...args: never[]) => Q, handle: unknown): Q;
  static from<T = unknown>(handle: unknown): Queue<T>;
  static from(handle: unknown): unknown {
    return reviveAs(this, handle);
  }

  /** How many items may wait; 0: any number. Python: `Queue.maxsize`. */
  get maxSize(): number {
    return raw.load(this.#cells, WORD.MAX_SIZE);
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return raw.load(this.#cells, WORD.CLOSED) !== OPENNESS.OPEN;
  }

  /**
   * Puts a copy of `item`; while the queue is full, waits as the options say (milliseconds).
   * Throws {@link Full}, {@link Closed}, and a TypeError for an item that cannot be copied. Python: `Queue.put`.
   */
  put(item: T, options?: QueueWaitOptions): void {
    const timeout = checkPut(options, this.threadlanes);
    const priority = this.priorityOf(item, options);
    const packed = this.#pack(item);
    const refusal = this.#tryPut(packed, priority);
    if (refusal !== undefined) this.#putLater(packed, priority, refusal, timeout);
  }

  #putLater(packed: ItemBytes, priority: Priority, first: Refusal, timeout: number | undefined): void {
    let refusal: Refusal | undefined = first;
    if (first === 'full' && timeout !== undefined) {
      refusal = waitUntil(this.#waitFor('put'), timeout, () => this.#tryPut(packed, priority));
    }
    if (refusal !== undefined) this.#refusePut(refusal, packed);
  }

  /** {@link put} without blocking the thread: the promise settles when the item is in the queue. */
  async putAsync(item: T, options?: QueueWaitOptions): Promise<void> {
    const timeout = checkPut(options, this.threadlanes);
    const priority = this.priorityOf(item, options);
    const packed = this.#pack(item).kept();
    const attempt = (end?: () => void): true | undefined => {
      const refusal = this.#tryPut(packed, priority, end);
      if (refusal === undefined) return true;
      if (refusal === 'full' && end !== undefined) return undefined;
      end?.();
      return this.#refusePut(refusal, packed);
    };
    if (timeout === undefined) attempt();
    else await this.#line('put', timeout, attempt, () => this.#refusePut('timeout', packed));
  }

  /**
   * Takes the next item; while the queue is empty, waits as the options say (milliseconds).
   * Throws {@link Empty}, and {@link Closed} when it is closed and empty. Python: `Queue.get`.
   *
   * An item that holds shared memory reaches a thread by a message, which is there before the item is. Only a thread that
   * received the queue after that has to ask the others for it; an Error after 10 seconds says that none of those that
   * could answer is alive, or outside of a blocking call of its own. The item stays in the queue then.
   */
  get(options?: QueueWaitOptions): T {
    const timeout = checkWait(options, this.threadlanes);
    const taken = this.#tryTake();
    if (typeof taken !== 'string') return this.#unpack(taken);
    return this.#getLater(taken, timeout);
  }

  #getLater(first: Refusal, timeout: number | undefined): T {
    let refusal: Refusal | undefined = first;
    let taken: ItemBytes | undefined;
    const patience = timeout ?? (first === 'unheard' ? ASK_BRIEFLY_MILLIS : undefined);
    if (first !== 'closed' && patience !== undefined) {
      refusal = waitUntil(this.#waitFor('get'), patience, () => {
        const result = this.#tryTake();
        if (typeof result === 'string') return result;
        taken = result;
        return undefined;
      });
    }
    if (taken !== undefined) return this.#unpack(taken);
    throw refusedGet(refusal ?? 'empty', first, this.#object, this.threadlanes);
  }

  /** {@link get} without blocking the thread: the promise settles with the item. */
  async getAsync(options?: QueueWaitOptions): Promise<T> {
    const timeout = checkWait(options, this.threadlanes);
    let askedSince = Infinity;
    const attempt = (end?: () => void): { item: T } | undefined => {
      const taken = this.#tryTake(end);
      if (typeof taken !== 'string') return { item: this.#unpack(taken) };
      if (taken === 'unheard') {
        askedSince = Math.min(askedSince, performance.now());
        if (performance.now() - askedSince > ASK_AT_MOST_MILLIS) throw outOfReach(this.#object, this.threadlanes);
      }
      if (taken !== 'closed' && end !== undefined) return undefined;
      end?.();
      throw refusedGet(taken, taken, this.#object, this.threadlanes);
    };
    const got =
      timeout === undefined
        ? attempt()
        : await this.#line('get', timeout, attempt, () => {
            throw refusedGet('timeout', 'empty', this.#object, this.threadlanes);
          });
    return (got as { item: T }).item;
  }

  /** `put` with `block: false`. Python: `Queue.put_nowait`. */
  putNowait(item: T): void {
    this.put(item, { block: false });
  }

  /** `get` with `block: false`. Python: `Queue.get_nowait`. */
  getNowait(): T {
    return this.get({ block: false });
  }

  /**
   * Gets items until the queue is closed and empty: `for (const item of queue)` blocks for each. Several threads may do so
   * at once: each item goes to one of them. An item is got when the loop asks for it, so one that breaks off loses none.
   */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = this.get();
      } catch (error) {
        return this.#endOf(error);
      }
      yield item;
    }
  }

  /** The same without blocking the thread: `for await (const item of queue)`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = await this.getAsync();
      } catch (error) {
        return this.#endOf(error);
      }
      yield item;
    }
  }

  /** How many items wait at this moment; another thread may change that at once. Python: `Queue.qsize`. */
  qsize(): number {
    this.#enterAll();
    const { length } = this.#store;
    this.#leaveAll();
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
    let isLast = false;
    this.#enter();
    try {
      if (this.#store.unfinished === 0) {
        throw new Error(`${describe(this.threadlanes)}: taskDone called more often than items were put`);
      }
      if (probe !== undefined) probe.record(OP['queue.taskDone'], this.#object);
      this.#store.finishOne();
      isLast = this.#store.unfinished === 0;
    } finally {
      leave(this.#cells, WORD.MUTEX);
    }
    if (isLast) ringBell(this.#cells, 'join', true);
  }

  /**
   * Waits until `taskDone` was called for every item that was put, at most `timeout` milliseconds; false when the time ran
   * out. Python: `Queue.join`, which has no timeout.
   */
  join(timeout?: number): boolean {
    const limit = checkTimeout(timeout, this.threadlanes);
    if (this.#tryJoin() === undefined) return true;
    return waitUntil(this.#waitFor('join'), limit, () => this.#tryJoin()) === undefined || this.#refuseJoin();
  }

  /** {@link join} without blocking the thread. */
  async joinAsync(timeout?: number): Promise<boolean> {
    const limit = checkTimeout(timeout, this.threadlanes);
    const attempt = (end: () => void): true | undefined => (this.#tryJoin(end) === undefined ? true : undefined);
    return this.#line('join', limit, attempt, () => this.#refuseJoin());
  }

  /**
   * No more puts: they throw {@link Closed}, waiting ones too. Gets go on until the queue is empty, then throw it as well.
   * With `immediate: true`, what is left is thrown away as if it had been got and dealt with, and gets throw at once.
   *
   * Any thread may close it, at any time, and it ends the waits of all. That is the way out where threads put into each
   * other's full queues, and the way to stop those that both get and put: `stop.set(); urls.close({ immediate: true });`.
   * They get {@link Closed} then, from `put` too.
   * Python 3.13: `Queue.shutdown`.
   */
  close(options: CloseOptions = {}): void {
    checkOptions(options, this.threadlanes, CLOSE_OPTIONS);
    const immediate = checkFlag(options.immediate, 'immediate', this.threadlanes);
    this.#enterAll();
    try {
      if (probe !== undefined) probe.record(OP['queue.close'], this.#object);
      if (immediate) raw.store(this.#cells, WORD.CLOSED, OPENNESS.FINISHED);
      else raw.compareExchange(this.#cells, WORD.CLOSED, OPENNESS.OPEN, OPENNESS.CLOSED);
      if (immediate) this.#discardAll();
    } finally {
      this.#leaveAll();
    }
    for (const kind of Object.keys(WAITS) as WaitKind[]) ringBell(this.#cells, kind, true);
  }

  /** The place of an item in the order of a priority queue. Other queues have no use for it. @internal */
  protected priorityOf(item: T, options?: QueueWaitOptions): Priority;
  protected priorityOf(): Priority {
    return 0;
  }

  /** @internal */
  protected override shownState(): string {
    // As it looks from outside of the lock: two numbers that another thread may change in between.
    const length = Math.max(0, this.#store.length);
    const size = this.maxSize > 0 ? `${length} of ${this.maxSize}` : String(length);
    return this.closed ? `${size}, closed` : size;
  }

  #enter(): void {
    if (enter(this.#cells, WORD.MUTEX)) this.#store.repairPuts();
  }

  #enterTakes(): void {
    if (enter(this.#cells, this.#store.takeMutex)) this.#store.repairTakes();
  }

  #enterAll(): void {
    this.#enter();
    if (this.#store.takeMutex === WORD.MUTEX) return;
    try {
      this.#enterTakes();
    } catch (error) {
      leave(this.#cells, WORD.MUTEX);
      throw error;
    }
  }

  /** Waits until whoever is inside now has left. What was done before is visible then, what is done later sees what was. */
  #meetAll(): void {
    this.#enterAll();
    this.#leaveAll();
  }

  #leaveAll(): void {
    if (this.#store.takeMutex !== WORD.MUTEX) leave(this.#cells, this.#store.takeMutex);
    leave(this.#cells, WORD.MUTEX);
  }

  #pack(item: T): ItemBytes {
    const packed = packItem(item, this.threadlanes);
    if (packed !== undefined) return packed;
    return addressBytes(publish(item, raw.load(this.#cells, WORD.QUEUE)));
  }

  #unpack(taken: ItemBytes): T {
    return (taken.tag === TAG.SHARED ? reviving.revive(release(addressIn(taken))) : unpackItem(taken)) as T;
  }

  /** Puts, or says why not. The event is written before the item becomes visible, `before` that event. */
  #tryPut(item: ItemBytes, priority: Priority, before?: () => void): Refusal | undefined {
    const cells = this.#cells;
    const store = this.#store;
    let mustRing = false;
    this.#enter();
    try {
      if (cells[WORD.CLOSED] !== OPENNESS.OPEN) return 'closed';
      const maxSize = cells[WORD.MAX_SIZE] as number;
      if (maxSize > 0 && store.isFull(maxSize)) return 'full';
      store.write(item, priority, this.threadlanes);
      before?.();
      if (probe !== undefined) probe.record(OP['queue.putDone'], this.#object, store.nextPut);
      store.publish();
      mustRing = isAwaited(cells, WAITS.get);
    } finally {
      leave(cells, WORD.MUTEX);
    }
    if (mustRing) ringBell(cells, 'get');
    return undefined;
  }

  /** Takes, or says why not. The event is written before a putter can use the room, `before` that event. */
  #tryTake(before?: () => void): ItemBytes | Refusal {
    const cells = this.#cells;
    const store = this.#store;
    let taken: ItemBytes;
    let unheard: Address | undefined;
    let mustRing = false;
    this.#enterTakes();
    try {
      if (store.isEmpty()) return cells[WORD.CLOSED] !== OPENNESS.OPEN ? 'closed' : 'empty';
      taken = store.peek();
      if (taken.tag === TAG.SHARED) {
        taken = taken.kept();
        const address = addressIn(taken);
        if (!isKnown(address)) unheard = address;
      }
      if (unheard === undefined) {
        before?.();
        if (probe !== undefined) probe.record(OP['queue.getDone'], this.#object, store.nextTaken);
        store.take();
        mustRing = isAwaited(cells, WAITS.put);
      }
    } finally {
      leave(cells, store.takeMutex);
    }
    if (unheard !== undefined) {
      request(unheard, this.threadlanes.memory);
      return 'unheard';
    }
    if (mustRing) ringBell(cells, 'put');
    return taken;
  }

  #tryJoin(before?: () => void): Refusal | undefined {
    this.#enter();
    const { unfinished } = this.#store;
    leave(this.#cells, WORD.MUTEX);
    if (unfinished > 0) return 'timeout';
    before?.();
    if (probe !== undefined) probe.record(OP['queue.joined'], this.#object);
    return undefined;
  }

  /** Inside the lock. */
  #discardAll(): void {
    const store = this.#store;
    while (store.length > 0) {
      const item = store.peek();
      const address = item.tag === TAG.SHARED ? addressIn(item) : undefined;
      if (probe !== undefined) probe.record(OP['queue.getDone'], this.#object, store.nextTaken);
      store.take();
      if (address !== undefined) release(address);
      if (store.unfinished === 0) continue;
      if (probe !== undefined) probe.record(OP['queue.taskDone'], this.#object);
      store.finishOne();
    }
  }

  /** Returns where a loop over this queue ends. */
  #endOf(error: unknown): void {
    // A subclass's own get may have met another queue that is closed.
    if (!(error instanceof Closed) || !this.closed) throw error;
  }

  #waitFor(kind: WaitKind): QueueWait {
    return { kind, cells: this.#cells, object: this.#object, who: this.threadlanes, meet: () => this.#meetAll() };
  }

  #line<R>(kind: WaitKind, timeout: number, attempt: (end: () => void) => R | undefined, expire: () => R): Promise<R> {
    const { async, op } = WAITS[kind];
    const line = (this.#lines[kind] ??= new AsyncLine(this.#cells, async));
    const attemptAfterAll = (end: () => void): R | undefined => {
      this.#meetAll();
      return attempt(end);
    };
    return line.wait<R>({ op, object: this.#object, timeout, attempt: attemptAfterAll, expire });
  }

  #refusePut(refusal: Refusal, item: ItemBytes): never {
    if (item.tag === TAG.SHARED) release(addressIn(item));
    throw refusedPut(refusal, this.#object, this.threadlanes);
  }

  #refuseJoin(): false {
    recordRefusal('timeout', this.#object);
    return false;
  }
}

/** `from` taken out of its class, as in `handles.map(Queue.from)`, still makes instances of the class that it was taken from. */
export function keepClassOfFrom(type: typeof Queue): void {
  const from = Reflect.get(type, 'from') as (this: unknown, ...given: readonly unknown[]) => unknown;
  Object.defineProperty(type, 'from', {
    configurable: true,
    get(this: unknown) {
      return from.bind(this);
    },
  });
}
keepClassOfFrom(Queue);

/** The instance of `type` for this queue. */
export function reviveAs<Q extends Queue>(type: typeof Queue, handle: unknown): Q {
  if (handle instanceof type) return handle as Q;
  const { kind } = type;
  const queue = Reflect.construct(Queue, [checkHandle(handle, kind), {}, kind], type) as Q;
  for (const [key, value] of Object.entries(handle as object)) {
    if (key !== 'threadlanes') Object.assign(queue, { [key]: reviving.revive(value) });
  }
  return queue;
}
