import { LOCK_MODES, OP } from '../../trace/ops.js';
import { checkHandle, handleOf, Primitive, type Handle, type PrimitiveOptions } from '../crossing/handle.js';
import { checkBody, checkNothing, checkSurplus, heldUntil, holding, type Held } from './held.js';
import { checkAcquire, REFUSED_AS, type AcquireOptions } from './lockOptions.js';
import { identify, probe, raw } from '../recording.js';
import { deadlineOf, recordedTimeout, remaining } from '../waiting/timeout.js';
import { newLineMemory, WaitLine } from '../waiting/waitLine.js';
import {
  checkHeld,
  giveBack,
  holdersOf,
  READ,
  RW_WORD,
  RW_WORDS,
  takeNow,
  WRITE,
  WRITTEN,
  type Kind,
} from './rwState.js';
import { RWTurns } from './rwTurns.js';

/** How the two kinds of waiters are recorded. */
const modes = {
  [READ]: { endless: LOCK_MODES.indexOf('shared'), bounded: LOCK_MODES.indexOf('boundedShared') },
  [WRITE]: { endless: LOCK_MODES.indexOf('exclusive'), bounded: LOCK_MODES.indexOf('bounded') },
} as const;

/**
 * Any number of readers, or one writer. Whoever waits is served in the order of coming, readers that stand together at
 * once: neither readers nor writers starve. Not re-entrant: a reader that asks to read again waits behind a writer that
 * waits for it. Any thread may release.
 * Python has none; it is the `ReadWriteLock` of Java.
 *
 * @example
 * const lock = new RWLock();
 * lock.withRead(() => { … });
 * lock.withWrite(() => { … });
 */
export class RWLock extends Primitive {
  readonly #cells: Int32Array;
  readonly #line: WaitLine;
  readonly #turns: RWTurns;
  readonly #object: number;

  constructor(options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(options: PrimitiveOptions | Handle = {}) {
    super(handleOf('rwlock', options, newLineMemory));
    const { memory } = this.threadlanes;
    this.#cells = new Int32Array(memory, 0, RW_WORDS);
    this.#line = new WaitLine(memory, this.threadlanes);
    this.#turns = new RWTurns(this.#cells, this.#line);
    this.#object = identify(this.#cells, RW_WORD.OBJECT, { kind: 'rwlock', name: this.name });
  }

  /** The lock behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): RWLock {
    return revived(handle);
  }

  /**
   * Takes it for reading, together with others, waiting as long as the options say (milliseconds). True when the caller now
   * holds it. Throws a RangeError for a negative timeout.
   */
  acquireRead(options?: AcquireOptions): boolean {
    return this.#acquire(READ, options);
  }

  /** {@link acquireRead} without blocking the thread. The process stays alive until it is settled. */
  async acquireReadAsync(options?: AcquireOptions): Promise<boolean> {
    return this.#acquireAsync(READ, options);
  }

  /**
   * Takes it for writing, alone, waiting as long as the options say (milliseconds). True when the caller now holds it.
   * Throws a RangeError for a negative timeout.
   */
  acquireWrite(options?: AcquireOptions): boolean {
    return this.#acquire(WRITE, options);
  }

  /** {@link acquireWrite} without blocking the thread. The process stays alive until it is settled. */
  async acquireWriteAsync(options?: AcquireOptions): Promise<boolean> {
    return this.#acquireAsync(WRITE, options);
  }

  /** Ends one acquireRead. Throws when nobody reads. */
  releaseRead(): void {
    this.#release(READ);
  }

  /** Ends an acquireWrite. Throws when nobody writes. */
  releaseWrite(): void {
    this.#release(WRITE);
  }

  /** Whether anybody reads or writes at this moment. */
  locked(): boolean {
    return holdersOf(this.#cells) !== 0;
  }

  /** Blocks until it may read, and gives what releases it: `using _held = lock.holdRead();`. */
  holdRead(): Held;
  holdRead(...given: readonly unknown[]): Held {
    checkNothing(given, 'holdRead', this.threadlanes);
    this.acquireRead();
    return heldUntil(this.threadlanes, () => this.releaseRead());
  }

  /** {@link holdRead} without blocking the thread. */
  holdReadAsync(): Promise<Held>;
  async holdReadAsync(...given: readonly unknown[]): Promise<Held> {
    checkNothing(given, 'holdReadAsync', this.threadlanes);
    await this.acquireReadAsync();
    return heldUntil(this.threadlanes, () => this.releaseRead());
  }

  /** Blocks until it may write, and gives what releases it: `using _held = lock.holdWrite();`. */
  holdWrite(): Held;
  holdWrite(...given: readonly unknown[]): Held {
    checkNothing(given, 'holdWrite', this.threadlanes);
    this.acquireWrite();
    return heldUntil(this.threadlanes, () => this.releaseWrite());
  }

  /** {@link holdWrite} without blocking the thread. */
  holdWriteAsync(): Promise<Held>;
  async holdWriteAsync(...given: readonly unknown[]): Promise<Held> {
    checkNothing(given, 'holdWriteAsync', this.threadlanes);
    await this.acquireWriteAsync();
    return heldUntil(this.threadlanes, () => this.releaseWrite());
  }

  /** Calls `body` with the lock held for reading, until what it returns has settled, and gives that. */
  withRead<T>(body: () => T): T;
  withRead<T>(body: () => T, surplus?: unknown): T {
    checkBody(body, 'withRead', this.threadlanes);
    checkSurplus(surplus, 'withRead', this.threadlanes);
    return holding(this.holdRead(), body);
  }

  /** {@link withRead} that waits for the lock without blocking the thread. */
  withReadAsync<T>(body: () => T | Promise<T>): Promise<T>;
  async withReadAsync<T>(body: () => T | Promise<T>, surplus?: unknown): Promise<T> {
    checkBody(body, 'withReadAsync', this.threadlanes);
    checkSurplus(surplus, 'withReadAsync', this.threadlanes);
    return holding(await this.holdReadAsync(), body);
  }

  /** Calls `body` with the lock held for writing, until what it returns has settled, and gives that. */
  withWrite<T>(body: () => T): T;
  withWrite<T>(body: () => T, surplus?: unknown): T {
    checkBody(body, 'withWrite', this.threadlanes);
    checkSurplus(surplus, 'withWrite', this.threadlanes);
    return holding(this.holdWrite(), body);
  }

  /** {@link withWrite} that waits for the lock without blocking the thread. */
  withWriteAsync<T>(body: () => T | Promise<T>): Promise<T>;
  async withWriteAsync<T>(body: () => T | Promise<T>, surplus?: unknown): Promise<T> {
    checkBody(body, 'withWriteAsync', this.threadlanes);
    checkSurplus(surplus, 'withWriteAsync', this.threadlanes);
    return holding(await this.holdWriteAsync(), body);
  }

  /** @internal */
  protected override shownState(): string {
    const holders = holdersOf(this.#cells);
    if (holders === 0) return 'free';
    return holders === WRITTEN ? 'writing' : `${holders} reading`;
  }

  #acquire(kind: Kind, options: AcquireOptions | undefined): boolean {
    const timeout = checkAcquire(options, this.threadlanes);
    if (takeNow(this.#cells, kind)) return this.#acquired(kind, timeout);
    if (timeout === undefined) return this.#refused(REFUSED_AS.busy);
    if (probe !== undefined) {
      probe.record(OP['lock.acquire'], this.#object, modes[kind].endless, recordedTimeout(timeout));
    }
    const place = this.#turns.queue(kind);
    if (place === undefined) return this.#acquired(kind, Infinity);
    const deadline = deadlineOf(timeout);
    do {
      this.#line.sleep(place, deadline);
      if (this.#turns.take(kind, place) === true) return this.#acquired(kind, Infinity);
    } while (remaining(deadline) > 0);
    return this.#turns.quit(place) ? this.#acquired(kind, Infinity) : this.#refused(REFUSED_AS.timeout);
  }

  #acquireAsync(kind: Kind, options: AcquireOptions | undefined): boolean | Promise<boolean> {
    const timeout = checkAcquire(options, this.threadlanes);
    if (takeNow(this.#cells, kind)) return this.#acquired(kind, timeout);
    if (timeout === undefined) return this.#refused(REFUSED_AS.busy);
    const place = this.#turns.queue(kind);
    if (place === undefined) return this.#acquired(kind, timeout);
    return this.#line.asyncLine(place).wait<boolean>({
      op: 'lock.acquire',
      object: this.#object,
      timeout,
      attempt: (end) => {
        if (this.#turns.take(kind, place) === undefined) return undefined;
        end();
        return this.#acquired(kind, Infinity);
      },
      expire: () => (this.#turns.quit(place) ? this.#acquired(kind, Infinity) : this.#refused(REFUSED_AS.timeout)),
    });
  }

  #release(kind: Kind): void {
    checkHeld(raw.load(this.#cells, RW_WORD.STATE), kind, this.threadlanes);
    if (probe !== undefined) probe.record(OP['lock.release'], this.#object, 0);
    if (!giveBack(this.#cells, kind, this.threadlanes)) this.#turns.handOver(kind, this.threadlanes);
  }

  #acquired(kind: Kind, timeout: number | undefined): true {
    const { endless, bounded } = modes[kind];
    if (probe !== undefined) {
      probe.record(OP['lock.acquired'], this.#object, 1, timeout === Infinity ? endless : bounded);
    }
    return true;
  }

  #refused(reason: number): false {
    if (probe !== undefined) probe.record(OP['lock.refused'], this.#object, reason);
    return false;
  }
}

function revived(handle: unknown): RWLock {
  return handle instanceof RWLock ? handle : new RWLock(checkHandle(handle, 'rwlock'));
}
