import { OP } from '../../trace/ops.js';
import { AsyncLine, wakeAsync } from '../waiting/asyncWait.js';
import { checkCount, checkFirst, MAX_COUNT } from './count.js';
import {
  checkHandle,
  describe,
  handleOf,
  isHandle,
  type Handle,
  type HandleKind,
  type PrimitiveOptions,
} from '../crossing/handle.js';
import { Lockable } from '../locks/held.js';
import { checkAcquire, REFUSED_AS, type AcquireOptions } from '../locks/lockOptions.js';
import { identify, probe, raw } from '../recording.js';
import { deadlineOf, RECHECK_MILLIS, recordedTimeout, remaining } from '../waiting/timeout.js';

/** `SLEEPERS` may be too high: a thread that was terminated in its sleep stays counted. */
const WORD = { PERMITS: 0, OBJECT: 1, ASYNC: 2, SLEEPERS: 3, INITIAL: 4 } as const;
const WORDS = 5;

function newMemory(permits: unknown, kind: HandleKind): SharedArrayBuffer {
  const initial = checkFirst(permits, 'permits', { kind, name: undefined }, 0);
  const memory = new SharedArrayBuffer(WORDS * 4);
  const cells = new Int32Array(memory);
  cells[WORD.PERMITS] = cells[WORD.INITIAL] = initial;
  return memory;
}

/** What both kinds of semaphores are. */
abstract class AnySemaphore extends Lockable {
  readonly #cells: Int32Array;
  readonly #object: number;
  #line: AsyncLine | undefined;

  /** @internal */
  constructor(kind: HandleKind, permits: unknown, options: PrimitiveOptions | Handle) {
    super(handleOf(kind, options, () => newMemory(permits, kind)));
    this.#cells = new Int32Array(this.threadlanes.memory);
    const capacity = this.#cells[WORD.INITIAL] as number;
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'semaphore', name: this.name, capacity });
  }

  /** How many permits are there at this moment. */
  get value(): number {
    return raw.load(this.#cells, WORD.PERMITS);
  }

  /**
   * Takes a permit, waiting for one as long as the options say (milliseconds). True when the caller has got it.
   * Throws a RangeError for a negative timeout. Python: `Semaphore.acquire`, whose timeouts are in seconds.
   */
  override acquire(options?: AcquireOptions): boolean {
    const timeout = checkAcquire(options, this.threadlanes);
    if (this.#take()) return this.#acquired();
    if (timeout === undefined) return this.#refused(REFUSED_AS.busy);
    if (probe !== undefined) {
      probe.record(OP['semaphore.acquire'], this.#object, undefined, recordedTimeout(timeout));
    }
    return this.#takeBefore(deadlineOf(timeout)) ? this.#acquired() : this.#refused(REFUSED_AS.timeout);
  }

  /** {@link acquire} without blocking the thread. The process stays alive until it is settled. */
  override async acquireAsync(options?: AcquireOptions): Promise<boolean> {
    const timeout = checkAcquire(options, this.threadlanes);
    if (this.#take()) return this.#acquired();
    if (timeout === undefined) return this.#refused(REFUSED_AS.busy);
    this.#line ??= new AsyncLine(this.#cells, WORD.ASYNC);
    return this.#line.wait<boolean>({
      op: 'semaphore.acquire',
      object: this.#object,
      timeout,
      attempt: (end) => {
        if (!this.#take()) return undefined;
        end();
        return this.#acquired();
      },
      expire: () => this.#refused(REFUSED_AS.timeout),
    });
  }

  /** @internal */
  protected give(n: unknown, most: number): void {
    const count = checkCount(n, 'n', this.threadlanes);
    let before = raw.load(this.#cells, WORD.PERMITS);
    const checkRoom = (): void => {
      if (before + count > most) throw this.#tooMany(before, count, most);
    };
    checkRoom();
    if (probe !== undefined) probe.record(OP['semaphore.release'], this.#object, count);
    for (;;) {
      const seen = raw.compareExchange(this.#cells, WORD.PERMITS, before, before + count);
      if (seen === before) break;
      before = seen;
      checkRoom();
    }
    if (raw.load(this.#cells, WORD.SLEEPERS) > 0) raw.notify(this.#cells, WORD.PERMITS, count);
    wakeAsync(this.#cells, WORD.ASYNC);
  }

  /** @internal */
  protected get initial(): number {
    return this.#cells[WORD.INITIAL] as number;
  }

  /** @internal */
  protected override shownState(): string {
    return `${this.value} ${this.value === 1 ? 'permit' : 'permits'}`;
  }

  #take(): boolean {
    for (;;) {
      const before = raw.load(this.#cells, WORD.PERMITS);
      if (before === 0) return false;
      if (raw.compareExchange(this.#cells, WORD.PERMITS, before, before - 1) === before) return true;
    }
  }

  #takeBefore(deadline: number): boolean {
    raw.add(this.#cells, WORD.SLEEPERS, 1);
    let isMine = this.#take();
    for (let left = remaining(deadline); !isMine && left > 0; left = remaining(deadline)) {
      raw.wait(this.#cells, WORD.PERMITS, 0, Math.min(left, RECHECK_MILLIS));
      isMine = this.#take();
    }
    raw.sub(this.#cells, WORD.SLEEPERS, 1);
    return isMine;
  }

  #acquired(): true {
    if (probe !== undefined) probe.record(OP['semaphore.acquired'], this.#object);
    return true;
  }

  #refused(reason: number): false {
    if (probe !== undefined) probe.record(OP['semaphore.refused'], this.#object, reason);
    return false;
  }

  #tooMany(before: number, count: number, most: number): RangeError {
    const what = count === 1 ? 'release' : `release(${count})`;
    return new RangeError(
      `${describe(this.threadlanes)}: ${what} too often: it has ${before} of at most ${most} permits already`,
    );
  }
}

/**
 * A number of permits. {@link acquire} takes one and waits while there is none; {@link release} gives some back, by any
 * thread, also more than were taken.
 * Python: `threading.Semaphore`.
 *
 * @example
 * const places = new Semaphore(3);
 * places.with(() => { … });   // at most three threads at once
 */
export class Semaphore extends AnySemaphore {
  /** @param permits how many there are at first, 0 or more; default 1 */
  constructor(permits?: number, options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(permits: number | Handle = 1, options: PrimitiveOptions = {}) {
    super('semaphore', permits, isHandle(permits) ? permits : options);
  }

  /** The semaphore behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): Semaphore {
    return revived(handle);
  }

  /** Gives `n` permits back and wakes as many waiters. Python: `Semaphore.release`. */
  override release(n = 1): void {
    this.give(n, MAX_COUNT);
  }
}

/**
 * A {@link Semaphore} that never has more permits than at first: a release too many is an error.
 * Python: `threading.BoundedSemaphore`.
 */
export class BoundedSemaphore extends AnySemaphore {
  /** @param permits how many there are at first and at most, 0 or more; default 1 */
  constructor(permits?: number, options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(permits: number | Handle = 1, options: PrimitiveOptions = {}) {
    super('boundedSemaphore', permits, isHandle(permits) ? permits : options);
  }

  /** The semaphore behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): BoundedSemaphore {
    return revivedBounded(handle);
  }

  /**
   * Gives `n` permits back and wakes as many waiters. Throws a RangeError when there would be more than at first.
   * Python: `BoundedSemaphore.release`, which raises ValueError.
   */
  override release(n = 1): void {
    this.give(n, this.initial);
  }
}

function revived(handle: unknown): Semaphore {
  return handle instanceof Semaphore ? handle : new Semaphore(checkHandle(handle, 'semaphore'));
}

function revivedBounded(handle: unknown): BoundedSemaphore {
  return handle instanceof BoundedSemaphore ? handle : new BoundedSemaphore(checkHandle(handle, 'boundedSemaphore'));
}
