import { Primitive } from './handle.js';

/** `Symbol.dispose`, or what compilers of `using` look for on a Node that does not have it. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('Symbol.dispose') as never);

/** A lock that is held until {@link release}, or until the end of the block of `using held = lock.hold()`. */
export interface Held extends Disposable {
  /** Gives the lock back; once. Further calls do nothing. */
  release(): void;
}

/** What can be held: the ways of JavaScript to write Python's `with lock:`. */
export abstract class Lockable extends Primitive {
  abstract acquire(): boolean;
  abstract release(): void;

  /**
   * Blocks until the lock is acquired, and gives what releases it: `using held = lock.hold();`.
   * Python: `with lock:`.
   */
  hold(): Held {
    this.acquire();
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.release();
    };
    return { release, [dispose]: release };
  }

  /**
   * Calls `body` with the lock held and gives what it returns; the lock is released also when it throws. When `body`
   * returns a promise, the lock is held until that has settled.
   * Python: `with lock:`.
   */
  with<T>(body: () => T): T {
    const held = this.hold();
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
}
