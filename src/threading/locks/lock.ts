import { OP } from '../../trace/ops.js';
import { AsyncLine } from '../waiting/asyncWait.js';
import { FairLock } from './fairLock.js';
import { checkFlag, checkHandle, describe, handleOf, type Handle, type PrimitiveOptions } from '../crossing/handle.js';
import { ConditionLock } from './held.js';
import { checkAcquire, modeOf, REFUSED_AS, type AcquireOptions } from './lockOptions.js';
import { isLocked, lockBefore, lockOrMark, STATE, tryLock, unlock, wakeNext } from '../waiting/mutex.js';
import { identify, probe } from '../recording.js';
import { deadlineOf, recordedTimeout } from '../waiting/timeout.js';
import { newLineMemory, WaitLine } from '../waiting/waitLine.js';

/** The bundler writes the numbers of an enum where they are used, which counts where a lock is free. */
const enum WORD {
  STATE,
  OBJECT,
  ASYNC,
  FAIR,
}
const WORDS = 4;

export interface LockOptions extends PrimitiveOptions {
  /**
   * True: whoever waits longest is next. Default false: whoever comes first when the lock is free, which is much faster
   * under contention, and may let one thread take it many times in a row.
   */
  readonly fair?: boolean;
}

const LOCK_OPTIONS = ['name', 'fair'];

function newMemory(fair: unknown): SharedArrayBuffer {
  if (!checkFlag(fair, 'fair', { kind: 'lock', name: undefined })) return new SharedArrayBuffer(WORDS * 4);
  const memory = newLineMemory();
  new Int32Array(memory)[WORD.FAIR] = 1;
  return memory;
}

/**
 * One thread at a time. Not re-entrant: a second acquire by the thread that holds it blocks. Any thread may release it.
 * A thread that ends while it holds the lock leaves it locked.
 * Python: `threading.Lock`.
 *
 * @example
 * const lock = new Lock();
 * lock.with(() => { … });
 */
export class Lock extends ConditionLock {
  readonly #cells: Int32Array;
  readonly #object: number;
  readonly #fair: FairLock | undefined;
  #line: AsyncLine | undefined;

  constructor(options?: LockOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(options: LockOptions | Handle = {}) {
    super(handleOf('lock', options, () => newMemory((options as LockOptions).fair), LOCK_OPTIONS));
    const { memory } = this.threadlanes;
    this.#cells = new Int32Array(memory, 0, WORDS);
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'lock', name: this.name });
    if (this.#cells[WORD.FAIR] === 1) {
      this.#fair = new FairLock(this.#cells, WORD.STATE, new WaitLine(memory, this.threadlanes));
    }
  }

  /** The lock behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): Lock {
    return revived(handle);
  }

  /**
   * Takes the lock, waiting for it as long as the options say (milliseconds). True when the caller now holds it.
   * Throws a RangeError for a negative timeout. Python: `Lock.acquire`, whose timeouts are in seconds.
   */
  override acquire(options?: AcquireOptions): boolean {
    // The usual case first, and nothing else in its way.
    if (options === undefined && tryLock(this.#cells, WORD.STATE)) return probe === undefined || this.#acquired(0);
    const timeout = checkAcquire(options, this.threadlanes);
    if (tryLock(this.#cells, WORD.STATE)) return this.#acquired(modeOf(timeout));
    return timeout === undefined ? this.#refused(REFUSED_AS.busy) : this.#wait(timeout);
  }

  /** {@link acquire} without blocking the thread. The process stays alive until it is settled. */
  override async acquireAsync(options?: AcquireOptions): Promise<boolean> {
    const timeout = checkAcquire(options, this.threadlanes);
    if (tryLock(this.#cells, WORD.STATE)) return this.#acquired(modeOf(timeout));
    if (timeout === undefined) return this.#refused(REFUSED_AS.busy);
    return this.#fair === undefined ? this.#waitAsync(timeout) : this.#queueAsync(this.#fair, timeout);
  }

  /** Gives the lock back and wakes one waiter. Throws when it is not locked. Python: `Lock.release`. */
  override release(): void {
    if (probe !== undefined) {
      if (!this.locked()) throw this.#releasedUnlocked();
      probe.record(OP['lock.release'], this.#object, 0);
    }
    if (this.#unlock() === STATE.FREE) throw this.#releasedUnlocked();
  }

  /** Whether any thread holds it at this moment. Python: `Lock.locked`. */
  override locked(): boolean {
    return isLocked(this.#cells, WORD.STATE);
  }

  /** @internal */
  override get recordedId(): number {
    return this.#object;
  }

  /** @internal */
  override isHeldByCaller(): boolean {
    return this.locked();
  }

  /** @internal */
  override giveUp(): number {
    this.#unlock();
    return 1;
  }

  /** @internal */
  override takeBack(): void {
    this.acquire();
  }

  /** @internal */
  override async takeBackAsync(): Promise<void> {
    await this.acquireAsync();
  }

  /** The state before. */
  #unlock(): STATE {
    if (this.#fair !== undefined) return this.#fair.unlock();
    const before = unlock(this.#cells, WORD.STATE);
    if (before === STATE.CONTENDED) wakeNext(this.#cells, WORD.STATE, WORD.ASYNC);
    return before;
  }

  #wait(timeout: number): boolean {
    if (probe !== undefined) probe.record(OP['lock.acquire'], this.#object, 0, recordedTimeout(timeout));
    const deadline = deadlineOf(timeout);
    const fair = this.#fair;
    const isMine = fair === undefined ? lockBefore(this.#cells, WORD.STATE, deadline) : fair.lockBefore(deadline);
    return isMine ? this.#acquired(0) : this.#refused(REFUSED_AS.timeout);
  }

  #waitAsync(timeout: number): Promise<boolean> {
    this.#line ??= new AsyncLine(this.#cells, WORD.ASYNC);
    return this.#line.wait<boolean>({
      op: 'lock.acquire',
      object: this.#object,
      timeout,
      attempt: (end) => {
        if (!lockOrMark(this.#cells, WORD.STATE)) return undefined;
        end();
        return this.#acquired(0);
      },
      expire: () => this.#refused(REFUSED_AS.timeout),
    });
  }

  #queueAsync(fair: FairLock, timeout: number): Promise<boolean> | boolean {
    const place = fair.queue();
    if (place === undefined) return this.#acquired(0);
    return fair.line.asyncLine(place).wait<boolean>({
      op: 'lock.acquire',
      object: this.#object,
      timeout,
      attempt: (end) => {
        if (fair.take(place) === undefined) return undefined;
        end();
        return this.#acquired(0);
      },
      expire: () => (fair.quit(place) ? this.#acquired(0) : this.#refused(REFUSED_AS.timeout)),
    });
  }

  #acquired(mode: number): true {
    if (probe !== undefined) probe.record(OP['lock.acquired'], this.#object, 1, mode);
    return true;
  }

  #refused(reason: number): false {
    if (probe !== undefined) probe.record(OP['lock.refused'], this.#object, reason);
    return false;
  }

  #releasedUnlocked(): Error {
    return new Error(`${describe(this.threadlanes)}: release of an unlocked lock`);
  }
}

function revived(handle: unknown): Lock {
  return handle instanceof Lock ? handle : new Lock(checkHandle(handle, 'lock'));
}
