import { LOCK_MODES, LOCK_REFUSALS, OP } from '../trace/ops.js';
import { checkHandle, describe, handleOf, type Handle, type PrimitiveOptions } from './handle.js';
import { Lockable } from './held.js';
import { checkAcquire, type AcquireOptions } from './lockOptions.js';
import { isLocked, lockBefore, tryLock, unlock } from './mutex.js';
import { identify, probe } from './recording.js';
import { deadlineOf, recordedTimeout } from './timeout.js';

const WORD = { STATE: 0, OBJECT: 1 } as const;
const WORDS = 2;

const BUSY = LOCK_REFUSALS.indexOf('busy');
const BOUNDED = LOCK_MODES.indexOf('bounded');
const TIMEOUT = LOCK_REFUSALS.indexOf('timeout');

/**
 * One thread at a time. Not re-entrant: a second acquire by the thread that holds it blocks. Any thread may release it.
 * Python: `threading.Lock`.
 *
 * @example
 * const lock = new Lock();
 * lock.with(() => { … });
 */
export class Lock extends Lockable {
  readonly #cells: Int32Array;
  readonly #object: number;

  constructor(options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(options: PrimitiveOptions | Handle = {}) {
    super(handleOf('lock', options, () => new SharedArrayBuffer(WORDS * 4)));
    this.#cells = new Int32Array(this.threadlanes.memory);
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'lock', name: this.name });
  }

  /** The lock behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): Lock {
    return handle instanceof Lock ? handle : new Lock(checkHandle(handle, 'lock'));
  }

  /**
   * Takes the lock, waiting for it as long as the options say (milliseconds). True when the caller now holds it.
   * Throws a RangeError for a negative timeout. Python: `Lock.acquire`, whose timeouts are in seconds.
   */
  override acquire(options?: AcquireOptions): boolean {
    const timeout = checkAcquire(options, this.threadlanes);
    if (tryLock(this.#cells, WORD.STATE)) {
      if (probe !== undefined) probe.record(OP['lock.acquired'], this.#object, 1, timeout === Infinity ? 0 : BOUNDED);
      return true;
    }
    if (timeout === undefined) {
      if (probe !== undefined) probe.record(OP['lock.refused'], this.#object, BUSY);
      return false;
    }
    return this.#wait(timeout);
  }

  /** Gives the lock back and wakes one waiter. Throws when it is not locked. Python: `Lock.release`. */
  override release(): void {
    if (!isLocked(this.#cells, WORD.STATE)) throw this.#releasedUnlocked();
    if (probe !== undefined) probe.record(OP['lock.release'], this.#object, 0);
    if (!unlock(this.#cells, WORD.STATE)) throw this.#releasedUnlocked();
  }

  /** Whether any thread holds it at this moment. Python: `Lock.locked`. */
  locked(): boolean {
    return isLocked(this.#cells, WORD.STATE);
  }

  #wait(timeout: number): boolean {
    if (probe !== undefined) probe.record(OP['lock.acquire'], this.#object, 0, recordedTimeout(timeout));
    const isMine = lockBefore(this.#cells, WORD.STATE, deadlineOf(timeout));
    if (probe !== undefined) {
      if (isMine) probe.record(OP['lock.acquired'], this.#object, 1, 0);
      else probe.record(OP['lock.refused'], this.#object, TIMEOUT);
    }
    return isMine;
  }

  #releasedUnlocked(): Error {
    return new Error(`${describe(this.threadlanes)}: release of an unlocked lock`);
  }
}
