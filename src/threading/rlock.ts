import { LOCK_MODES, LOCK_REFUSALS, OP } from '../trace/ops.js';
import { checkHandle, describe, handleOf, type Handle, type PrimitiveOptions } from './handle.js';
import { Lockable } from './held.js';
import { checkAcquire, type AcquireOptions } from './lockOptions.js';
import { isLocked, lockBefore, tryLock, unlock } from './mutex.js';
import { identify, probe, raw } from './recording.js';
import { ownToken } from './registry.js';
import { deadlineOf, recordedTimeout } from './timeout.js';

/** `OWNER` is the token of the thread that holds it, 0 for none; only the owner writes `DEPTH`. */
const WORD = { STATE: 0, OBJECT: 1, OWNER: 2, DEPTH: 3 } as const;
const WORDS = 4;

const BUSY = LOCK_REFUSALS.indexOf('busy');
const BOUNDED = LOCK_MODES.indexOf('bounded');
const TIMEOUT = LOCK_REFUSALS.indexOf('timeout');

/**
 * A lock that its owner may acquire again; it is free when it was released as often. Only the owner may release it.
 * Python: `threading.RLock`.
 */
export class RLock extends Lockable {
  readonly #cells: Int32Array;
  readonly #object: number;

  constructor(options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(options: PrimitiveOptions | Handle = {}) {
    super(handleOf('rlock', options, () => new SharedArrayBuffer(WORDS * 4)));
    this.#cells = new Int32Array(this.threadlanes.memory);
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'rlock', name: this.name });
  }

  /** The lock behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): RLock {
    return handle instanceof RLock ? handle : new RLock(checkHandle(handle, 'rlock'));
  }

  /**
   * Takes the lock, at once when the calling thread owns it already, else waiting as the options say (milliseconds).
   * True when the caller now holds it. Throws a RangeError for a negative timeout. Python: `RLock.acquire`.
   */
  override acquire(options?: AcquireOptions): boolean {
    const timeout = checkAcquire(options, this.threadlanes);
    if (this.#isMine()) return this.#took(raw.load(this.#cells, WORD.DEPTH) + 1, timeout);
    if (tryLock(this.#cells, WORD.STATE)) return this.#took(1, timeout);
    if (timeout === undefined) {
      if (probe !== undefined) probe.record(OP['lock.refused'], this.#object, BUSY);
      return false;
    }
    if (probe !== undefined) probe.record(OP['lock.acquire'], this.#object, 0, recordedTimeout(timeout));
    if (lockBefore(this.#cells, WORD.STATE, deadlineOf(timeout))) return this.#took(1, timeout);
    if (probe !== undefined) probe.record(OP['lock.refused'], this.#object, TIMEOUT);
    return false;
  }

  /** Undoes one acquire; the last one wakes a waiter. Throws when the caller does not own it. Python: `RLock.release`. */
  override release(): void {
    if (!this.#isMine()) {
      const why = this.locked() ? 'release by a thread that does not own it' : 'release of an unlocked lock';
      throw new Error(`${describe(this.threadlanes)}: ${why}`);
    }
    const depth = raw.load(this.#cells, WORD.DEPTH) - 1;
    if (probe !== undefined) probe.record(OP['lock.release'], this.#object, depth);
    raw.store(this.#cells, WORD.DEPTH, depth);
    if (depth > 0) return;
    raw.store(this.#cells, WORD.OWNER, 0);
    unlock(this.#cells, WORD.STATE);
  }

  /** Whether any thread holds it at this moment. Python: `RLock.locked`. */
  locked(): boolean {
    return isLocked(this.#cells, WORD.STATE);
  }

  #isMine(): boolean {
    return raw.load(this.#cells, WORD.OWNER) === ownToken;
  }

  #took(depth: number, timeout: number | undefined): true {
    raw.store(this.#cells, WORD.OWNER, ownToken);
    raw.store(this.#cells, WORD.DEPTH, depth);
    if (probe !== undefined) probe.record(OP['lock.acquired'], this.#object, depth, timeout === Infinity ? 0 : BOUNDED);
    return true;
  }
}
