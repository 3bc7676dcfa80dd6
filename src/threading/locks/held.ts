import { inspect } from 'node:util';
import { describe, Primitive, shown, type Named } from '../crossing/handle.js';
import { dispose } from '../disposal.js';
import type { AcquireOptions } from './lockOptions.js';

/** What is held until {@link release}, or until the end of the block of `using _held = lock.hold()`. */
export interface Held extends Disposable {
  /** Gives it back; once. Further calls do nothing. */
  release(): void;
}

class OneHeld implements Held {
  /** Of its own, so that it can be taken out of the object. */
  readonly release: () => void;
  readonly #who: Named;
  #isHeld = true;

  constructor(who: Named, release: () => void) {
    this.#who = who;
    this.release = () => {
      if (!this.#isHeld) return;
      this.#isHeld = false;
      release();
    };
  }

  [dispose](): void {
    this.release();
  }

  /** What `console.log` prints. */
  [inspect.custom](): string {
    return `Held (${describe(this.#who)}${this.#isHeld ? '' : ', released'})`;
  }
}

/** @param release is called once */
export function heldUntil(who: Named, release: () => void): Held {
  return new OneHeld(who, release);
}

/** Before anything is acquired. */
export function checkBody(body: unknown, method: string, who: Named): void {
  if (typeof body === 'function') return;
  throw new TypeError(`${describe(who)}: ${method} needs a function: ${method}(() => { … }), got ${shown(body)}`);
}

/** What JavaScript would let pass in silence: a function that is never called, a timeout that does not hold. */
export function checkNothing(given: readonly unknown[], method: string, who: Named): void {
  if (given.length === 0 || given[0] === undefined) return;
  const [acquire, body] = [method.replace('hold', 'acquire'), method.replace('hold', 'with')];
  const way = typeof given[0] === 'function' ? `${body}(() => { … })` : `${acquire}({ timeout: 100 })`;
  throw new TypeError(`${describe(who)}: ${method} takes nothing, got ${shown(given[0])}: that is ${way}`);
}

/** What comes after a body. As a last parameter and not as a rest: that would cost an array each time. */
export function checkSurplus(surplus: unknown, method: string, who: Named): void {
  if (surplus === undefined) return;
  const acquire = method.replace('with', 'acquire');
  throw new TypeError(
    `${describe(who)}: ${method} takes a function only, got ${shown(surplus)} as well: to wait no longer than some time ` +
      `there is ${acquire}({ timeout: 100 })`,
  );
}

/** What `body` gives; the lock is released when that has settled, or when `body` throws. */
export function holding<T>(held: Held, body: () => T): T {
  let result: T;
  try {
    result = body();
  } catch (error) {
    held.release();
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => held.release()) as T;
  held.release();
  return result;
}

/** What can be held: the ways of JavaScript to write Python's `with lock:`. */
export abstract class Lockable extends Primitive {
  abstract acquire(options?: AcquireOptions): boolean;
  abstract acquireAsync(options?: AcquireOptions): Promise<boolean>;
  abstract release(): void;

  /**
   * Blocks until it is acquired, and gives what releases it at the end of the block: `using _held = lock.hold();`. The
   * name begins with `_` since nothing else reads it: TypeScript's `noUnusedLocals` passes over such names (ESLint's
   * `no-unused-vars` with `ignoreUsingDeclarations: true`). Python: `with lock:`.
   */
  hold(): Held;
  hold(...given: readonly unknown[]): Held {
    checkNothing(given, 'hold', this.threadlanes);
    this.acquire();
    return heldUntil(this.threadlanes, () => this.release());
  }

  /** {@link hold} without blocking the thread: `using _held = await lock.holdAsync();`. Python: `async with lock:`. */
  holdAsync(): Promise<Held>;
  async holdAsync(...given: readonly unknown[]): Promise<Held> {
    checkNothing(given, 'holdAsync', this.threadlanes);
    await this.acquireAsync();
    return heldUntil(this.threadlanes, () => this.release());
  }

  /**
   * Calls `body` with the lock held and gives what it returns; the lock is released also when it throws. When `body`
   * returns a promise, the lock is held until that has settled.
   * Python: `with lock:`.
   */
  with<T>(body: () => T): T;
  with<T>(body: () => T, surplus?: unknown): T {
    checkBody(body, 'with', this.threadlanes);
    checkSurplus(surplus, 'with', this.threadlanes);
    return holding(this.hold(), body);
  }

  /** {@link with} that waits for the lock without blocking the thread. Python: `async with lock:`. */
  withAsync<T>(body: () => T | Promise<T>): Promise<T>;
  async withAsync<T>(body: () => T | Promise<T>, surplus?: unknown): Promise<T> {
    checkBody(body, 'withAsync', this.threadlanes);
    checkSurplus(surplus, 'withAsync', this.threadlanes);
    return holding(await this.holdAsync(), body);
  }
}

/** A lock that a condition can give up for a waiter and take back. */
export abstract class ConditionLock extends Lockable {
  abstract locked(): boolean;
  /** @internal */
  abstract readonly recordedId: number;
  /** @internal Whether the caller may wait and notify; of a Lock: whether anybody holds it. */
  abstract isHeldByCaller(): boolean;
  /** @internal Gives it up at any depth, and says at which. The caller has recorded that. */
  abstract giveUp(): number;
  /** @internal */
  abstract takeBack(depth: number): void;
  /** @internal */
  abstract takeBackAsync(depth: number): Promise<void>;

  /** @internal */
  protected override shownState(): string {
    return this.locked() ? 'locked' : 'free';
  }
}
