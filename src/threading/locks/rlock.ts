import { OP } from '../../trace/ops.js';
import { AsyncLine } from '../waiting/asyncWait.js';
import { checkHandle, describe, handleOf, type Handle, type PrimitiveOptions } from '../crossing/handle.js';
import { ConditionLock } from './held.js';
import { checkAcquire, modeOf, REFUSED_AS, type AcquireOptions } from './lockOptions.js';
import { isLocked, lockBefore, lockOrMark, STATE, tryLock, unlock, wakeNext } from '../waiting/mutex.js';
import { identify, probe } from '../recording.js';
import { ownToken } from '../threads/registry.js';
import { deadlineOf, recordedTimeout } from '../waiting/timeout.js';

/**
 * `OWNER` is the token of the thread that holds it, 0 for none; only the owner writes it and `DEPTH`. Plain stores will do: a
 * thread finds its own token only where it has written it itself.
 */
const WORD = { STATE: 0, OBJECT: 1, OWNER: 2, DEPTH: 3, ASYNC: 4 } as const;
const WORDS = 5;

/**
 * A lock that its owner may acquire again; it is free when it was released as often. Only the owner may release it.
 * A thread that ends while it owns the lock leaves it locked.
 * Python: `threading.RLock`.
 *
 * The owner is the thread: its asynchronous functions own it together, so between two of them it excludes nothing. Use a
 * {@link Lock} there.
 */
export class RLock extends ConditionLock {
  readonly #cells: Int32Array;
  readonly #object: number;
  #line: AsyncLine | undefined;

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
    return revived(handle);
  }

  /**
   * Takes the lock, at once when the calling thread owns it already, else waiting as the options say (milliseconds).
   * True when the caller now holds it. Throws a RangeError for a negative timeout. Python: `RLock.acquire`.
   */
  override acquire(options?: AcquireOptions): boolean {
    const timeout = checkAcquire(options, this.threadlanes);
    if (this.#takeNow(modeOf(timeout))) return true;
    return timeout === undefined ? this.#refused(REFUSED_AS.busy) : this.#wait(timeout, 1);
  }

  /** {@link acquire} without blocking the thread. The process stays alive until it is settled. */
  override async acquireAsync(options?: AcquireOptions): Promise<boolean> {
    const timeout = checkAcquire(options, this.threadlanes);
    if (this.#takeNow(modeOf(timeout))) return true;
    return timeout === undefined ? this.#refused(REFUSED_AS.busy) : this.#waitAsync(timeout, 1);
  }

  /** Undoes one acquire; the last one wakes a waiter. Throws when the caller does not own it. Python: `RLock.release`. */
  override release(): void {
    if (!this.#isMine()) {
      const why = this.locked() ? 'release by a thread that does not own it' : 'release of an unlocked lock';
      throw new Error(`${describe(this.threadlanes)}: ${why}`);
    }
    const depth = this.#depth - 1;
    if (probe !== undefined) probe.record(OP['lock.release'], this.#object, depth);
    this.#cells[WORD.DEPTH] = depth;
    if (depth === 0) this.giveUp();
  }

  /** Whether any thread holds it at this moment. Python: `RLock.locked`. */
  override locked(): boolean {
    return isLocked(this.#cells, WORD.STATE);
  }

  /** @internal */
  override get recordedId(): number {
    return this.#object;
  }

  /** @internal */
  override isHeldByCaller(): boolean {
    return this.#isMine();
  }

  /** @internal */
  override giveUp(): number {
    const depth = this.#depth;
    this.#cells[WORD.OWNER] = 0;
    if (unlock(this.#cells, WORD.STATE) === STATE.CONTENDED) wakeNext(this.#cells, WORD.STATE, WORD.ASYNC);
    return depth;
  }

  /** @internal */
  override takeBack(depth: number): void {
    if (!this.#takeBackNow(depth)) this.#wait(Infinity, depth);
  }

  /** @internal */
  override async takeBackAsync(depth: number): Promise<void> {
    if (!this.#takeBackNow(depth)) await this.#waitAsync(Infinity, depth);
  }

  get #depth(): number {
    return this.#cells[WORD.DEPTH] as number;
  }

  #isMine(): boolean {
    return this.#cells[WORD.OWNER] === ownToken;
  }

  #takeNow(mode: number): boolean {
    if (this.#isMine()) return this.#took(this.#depth + 1, mode);
    return tryLock(this.#cells, WORD.STATE) && this.#took(1, mode);
  }

  /** Another asynchronous function of the thread may own it meanwhile. */
  #takeBackNow(depth: number): boolean {
    if (this.#isMine()) return this.#took(this.#depth + depth, 0);
    return tryLock(this.#cells, WORD.STATE) && this.#took(depth, 0);
  }

  #wait(timeout: number, depth: number): boolean {
    if (probe !== undefined) probe.record(OP['lock.acquire'], this.#object, 0, recordedTimeout(timeout));
    if (lockBefore(this.#cells, WORD.STATE, deadlineOf(timeout))) return this.#took(depth, 0);
    return this.#refused(REFUSED_AS.timeout);
  }

  #waitAsync(timeout: number, depth: number): Promise<boolean> {
    this.#line ??= new AsyncLine(this.#cells, WORD.ASYNC);
    return this.#line.wait<boolean>({
      op: 'lock.acquire',
      object: this.#object,
      timeout,
      attempt: (end) => {
        const isMine = this.#isMine();
        if (!isMine && !lockOrMark(this.#cells, WORD.STATE)) return undefined;
        end();
        return this.#took(isMine ? this.#depth + depth : depth, 0);
      },
      expire: () => this.#refused(REFUSED_AS.timeout),
    });
  }

  #took(depth: number, mode: number): true {
    this.#cells[WORD.OWNER] = ownToken;
    this.#cells[WORD.DEPTH] = depth;
    if (probe !== undefined) probe.record(OP['lock.acquired'], this.#object, depth, mode);
    return true;
  }

  #refused(reason: number): false {
    if (probe !== undefined) probe.record(OP['lock.refused'], this.#object, reason);
    return false;
  }
}

function revived(handle: unknown): RLock {
  return handle instanceof RLock ? handle : new RLock(checkHandle(handle, 'rlock'));
}
