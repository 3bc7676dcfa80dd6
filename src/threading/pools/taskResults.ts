import type { Future } from './future.js';
import { TimeoutError } from './futureErrors.js';
import { deadlineOf, remaining } from '../waiting/timeout.js';

/**
 * The results of `map`, in the order of the items: `for (const result of results)` blocks for each,
 * `for await (const result of results)` does not. Whoever stops early cancels what nobody has begun.
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
    try {
      for (let future = this.#futures.shift(); future !== undefined; future = this.#futures.shift()) {
        if (!future.done() && remaining(this.#deadline) === 0) throw this.#timedOut();
        yield future.result(remaining(this.#deadline));
      }
    } finally {
      this.#cancel();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    try {
      for (let future = this.#futures.shift(); future !== undefined; future = this.#futures.shift()) {
        if (!future.done() && remaining(this.#deadline) === 0) throw this.#timedOut();
        yield await future.resultAsync(remaining(this.#deadline));
      }
    } finally {
      this.#cancel();
    }
  }

  #timedOut(): TimeoutError {
    return new TimeoutError(`${this.#who}: map: not done in time`);
  }

  #cancel(): void {
    for (const future of this.#futures.splice(0)) future.cancel();
  }
}
