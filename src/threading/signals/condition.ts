import { OP } from '../../trace/ops.js';
import { checkCount } from './count.js';
import {
  checkHandle,
  checkName,
  checkOptions,
  describe,
  shown,
  isHandle,
  PRIMITIVE_OPTIONS,
  type Handle,
  type HandleData,
  type PrimitiveOptions,
} from '../crossing/handle.js';
import { Lockable, type ConditionLock } from '../locks/held.js';
import { Lock } from '../locks/lock.js';
import type { AcquireOptions } from '../locks/lockOptions.js';
import { identify, probe } from '../recording.js';
import { RLock } from '../locks/rlock.js';
import { checkTimeout, deadlineOf, recordedTimeout, remaining } from '../waiting/timeout.js';
import { GRANTED, newLineMemory, WaitLine, type Place } from '../waiting/waitLine.js';

const OBJECT_WORD = 0;

export interface ConditionOptions extends PrimitiveOptions {
  /** The lock that guards what is waited for; several conditions may share one. Default: a new RLock. */
  readonly lock?: Lock | RLock;
}

const isLock = (value: unknown): value is Lock | RLock => value instanceof Lock || value instanceof RLock;

function checkLock(lock: unknown, name: string | undefined): HandleData {
  // Without a name the recorder calls both by the variable that the condition is assigned to.
  if (lock === undefined) return new RLock(name === undefined ? {} : { name: `${name}'s lock` }).threadlanes;
  if (isLock(lock)) return lock.threadlanes;
  throw new TypeError(`${describe({ kind: 'condition', name })}: lock must be a Lock or an RLock, got ${shown(lock)}`);
}

const NO_NAME = { kind: 'condition', name: undefined } as const;

/** Python's form is the lock alone, which may be followed by the other options. */
function optionsOf(given: Lock | RLock | ConditionOptions, more: PrimitiveOptions): ConditionOptions {
  if (!isLock(given)) return given;
  checkOptions(more, NO_NAME, PRIMITIVE_OPTIONS);
  return { ...more, lock: given };
}

function handleOf(options: ConditionOptions): HandleData {
  checkOptions(options, NO_NAME, ['name', 'lock']);
  const name = checkName(options.name, 'condition');
  return { kind: 'condition', name, memory: newLineMemory(), lock: checkLock(options.lock, name) };
}

const reviveLock = (data: HandleData): Lock | RLock =>
  data.kind === 'rlock' ? RLock.from({ threadlanes: data }) : Lock.from({ threadlanes: data });

/**
 * Waiting for something that a lock guards: {@link wait} gives the lock up, sleeps until another thread notifies, and takes
 * it back. A notify wakes those who wait at that moment, the longest first, and nobody who comes later.
 * `acquire`, `release`, `hold` and `with` are those of its lock.
 * Python: `threading.Condition`.
 *
 * @example
 * condition.with(() => {
 *   condition.waitFor(() => jobs[0] > 0);
 *   …
 * });
 */
export class Condition extends Lockable {
  readonly #lock: ConditionLock;
  readonly #line: WaitLine;
  readonly #object: number;

  constructor(options?: ConditionOptions);
  /** @param lock what guards what is waited for */
  constructor(lock: Lock | RLock, options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(given: Lock | RLock | ConditionOptions | Handle = {}, more: PrimitiveOptions = {}) {
    const isRevived = isHandle(given) && given.threadlanes.kind === 'condition';
    const options = isRevived ? undefined : optionsOf(given as Lock | RLock | ConditionOptions, more);
    super(options === undefined ? (given as Handle).threadlanes : handleOf(options));
    const { memory, lock } = this.threadlanes;
    this.#lock = options?.lock ?? reviveLock(lock as HandleData);
    this.#line = new WaitLine(memory, this.threadlanes);
    this.#object = identify(new Int32Array(memory, 0, 1), OBJECT_WORD, { kind: 'condition', name: this.name });
  }

  /** The condition behind a structured clone of it, as it arrives through `workerData` or a message; with its lock. */
  static from(handle: unknown): Condition {
    return revived(handle);
  }

  /** Its lock. */
  get lock(): Lock | RLock {
    return this.#lock as Lock | RLock;
  }

  /** Takes its lock. Python: `Condition.acquire`. */
  override acquire(options?: AcquireOptions): boolean {
    return this.#lock.acquire(options);
  }

  /** Takes its lock without blocking the thread. */
  override acquireAsync(options?: AcquireOptions): Promise<boolean> {
    return this.#lock.acquireAsync(options);
  }

  /** Gives its lock back. Python: `Condition.release`. */
  override release(): void {
    this.#lock.release();
  }

  /**
   * Gives the lock up, at any depth, blocks until notified, at most `timeout` milliseconds, and takes the lock back, which
   * may take longer than the timeout. True when it was notified. Throws when the lock is not held, and a RangeError for a
   * negative timeout. Python: `Condition.wait`, whose timeout is in seconds.
   */
  wait(timeout?: number): boolean {
    const limit = checkTimeout(timeout, this.threadlanes);
    const place = this.#join('wait');
    if (probe !== undefined) {
      probe.record(OP['condition.wait'], this.#object, this.#lock.recordedId, recordedTimeout(limit));
    }
    const depth = this.#lock.giveUp();
    const deadline = deadlineOf(limit);
    do this.#line.sleep(place, deadline);
    while (!this.#line.isAnswered(place) && remaining(deadline) > 0);
    const isNotified = this.#quit(place);
    this.#lock.takeBack(depth);
    return isNotified;
  }

  /**
   * {@link wait} without blocking the thread. The process stays alive until it is settled. An RLock is given up for all
   * asynchronous functions of the thread, which own it together.
   */
  async waitAsync(timeout?: number): Promise<boolean> {
    const limit = checkTimeout(timeout, this.threadlanes);
    const place = this.#join('waitAsync');
    const answer = this.#line.asyncLine(place).wait<boolean>({
      op: 'condition.wait',
      object: this.#object,
      timeout: limit,
      attempt: (end) => {
        if (!this.#line.isAnswered(place)) return undefined;
        end();
        return this.#quit(place);
      },
      expire: () => this.#quit(place),
    });
    if (probe !== undefined) probe.record(OP['lock.release'], this.#lock.recordedId, 0);
    const depth = this.#lock.giveUp();
    const isNotified = await answer;
    await this.#lock.takeBackAsync(depth);
    return isNotified;
  }

  /**
   * Waits until `predicate` gives something true, at most `timeout` milliseconds, and gives its last value. It is called
   * with the lock held, at first and after each notify. Python: `Condition.wait_for`.
   */
  waitFor<T>(predicate: () => T, timeout?: number): T {
    const deadline = this.#deadlineFor(predicate, timeout);
    let value = predicate();
    while (!value) {
      const left = remaining(deadline);
      if (left === 0) break;
      this.wait(left);
      value = predicate();
    }
    return value;
  }

  /** {@link waitFor} without blocking the thread. The predicate may be asynchronous. */
  async waitForAsync<T>(predicate: () => T | Promise<T>, timeout?: number): Promise<T> {
    const deadline = this.#deadlineFor(predicate, timeout);
    let value = await predicate();
    while (!value) {
      const left = remaining(deadline);
      if (left === 0) break;
      await this.waitAsync(left);
      value = await predicate();
    }
    return value;
  }

  /**
   * Wakes as many waiters, the longest waiting first; fewer when fewer wait. They go on when they have the lock back. Throws
   * when the lock is not held. Python: `Condition.notify`.
   */
  notify(n = 1): void {
    this.#notify(checkCount(n, 'n', this.threadlanes), 'notify');
  }

  /** Wakes all waiters. Throws when the lock is not held. Python: `Condition.notify_all`. */
  notifyAll(): void;
  notifyAll(surplus?: unknown): void {
    if (typeof surplus === 'number') {
      throw new TypeError(
        `${describe(this.threadlanes)}: notifyAll takes nothing, got ${surplus}: that is notify(${surplus})`,
      );
    }
    this.#notify(Infinity, 'notifyAll');
  }

  /** @internal */
  protected override shownState(): string {
    return `its lock is ${this.lock.locked() ? 'locked' : 'free'}`;
  }

  #notify(n: number, what: string): void {
    this.#checkHeld(what);
    const line = this.#line;
    line.enter();
    const woken = line.waiting().slice(0, n);
    if (probe !== undefined) probe.record(OP['condition.notify'], this.#object, woken.length);
    for (const place of woken) line.answer(place, GRANTED);
    line.leave();
    line.wake(woken);
  }

  #join(what: string): Place {
    this.#checkHeld(what);
    this.#line.enter();
    try {
      return this.#line.join();
    } finally {
      this.#line.leave();
    }
  }

  /** Whether it was notified, which is an event before the lock is taken back. */
  #quit(place: Place): boolean {
    this.#line.enter();
    const isNotified = this.#line.quit(place) === GRANTED;
    this.#line.leave();
    if (probe !== undefined) probe.record(isNotified ? OP['condition.woken'] : OP['condition.timeout'], this.#object);
    return isNotified;
  }

  #checkHeld(what: string): void {
    if (this.#lock.isHeldByCaller()) return;
    const lock = this.#lock.name === undefined ? 'it' : describe(this.#lock.threadlanes);
    throw new Error(
      `${describe(this.threadlanes)}: ${what} needs its lock: acquire ${lock} first, as with(() => …) of the condition does`,
    );
  }

  #deadlineFor(predicate: unknown, timeout: number | undefined): number {
    if (typeof predicate !== 'function') {
      throw new TypeError(`${describe(this.threadlanes)}: predicate must be a function, got ${shown(predicate)}`);
    }
    return deadlineOf(checkTimeout(timeout, this.threadlanes));
  }
}

function revived(handle: unknown): Condition {
  return handle instanceof Condition ? handle : new Condition(checkHandle(handle, 'condition'));
}
