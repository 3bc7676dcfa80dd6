import { letGo, type Future } from './future.js';
import { TimeoutError } from './futureErrors.js';
import { deadlineOf, remaining } from '../waiting/timeout.js';

/**
 * The results of `map`, in the order of the items: `for (const result of results)` blocks for each,
 * `for await (const result of results)` does not. Whoever stops early, or meets an error, cancels what nobody has begun;
 * of the others' errors nothing is told then.
 */
export class TaskResults<R> implements Iterable<R>, AsyncIterable<R> {
  readonly #futures: Future<R>[];
  readonly #deadline: number;
  readonly #who: string;

  /** @internal The time runs from now on. */
  constructor(futures: Future<R>[], timeout: number, who: string) {
    this.#futures = futures;
    this.#deadline = deadlineOf(timeout);
    this.#who = who;
  }

  *[Symbol.iterator](): Generator<R, void, undefined> {
    let current: Future<R> | undefined;
    try {
      while ((current = this.#futures.shift()) !== undefined) {
        this.#checkTime(current);
        yield current.result(remaining(this.#deadline));
      }
    } finally {
      this.#letGo(current);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    let current: Future<R> | undefined;
    try {
      while ((current = this.#futures.shift()) !== undefined) {
        this.#checkTime(current);
        yield await current.resultAsync(remaining(this.#deadline));
      }
    } finally {
      this.#letGo(current);
    }
  }

  #checkTime(current: Future<R>): void {
    if (current.done() || remaining(this.#deadline) > 0) return;
    throw new TimeoutError(`${this.#who}: map: not done in time`);
  }

  /** @param current what was waited for when the iteration ended before its end */
  #letGo(current: Future<R> | undefined): void {
    if (current !== undefined) letGo(current);
    for (const future of this.#futures.splice(0)) letGo(future);
  }
}
