import { availableParallelism } from 'node:os';
import { newFuture, type Future } from './future.js';
import { asyncDispose, dispose } from '../disposal.js';
import { messageOf } from '../crossing/copyError.js';
import { checkFlag, checkIterable, checkOptions } from '../crossing/handle.js';
import { stayHere } from '../crossing/stayHere.js';
import { TaskPool } from './taskPool.js';
import { TaskResults } from './taskResults.js';
import { encodeValues, type EncodedValues } from './taskValue.js';
import { targetOfFunction, type ThreadFunction } from '../threads/threadTarget.js';
import { checkTimeout } from '../waiting/timeout.js';

export interface ExecutorOptions<I extends readonly unknown[] = readonly unknown[]> {
  /** How many threads at most. Default: what the machine can run at once (`os.availableParallelism()`). */
  readonly maxWorkers?: number;
  /** The threads are called this, `_` and a number. Default `ThreadPoolExecutor-0`, `ThreadPoolExecutor-1`, … */
  readonly threadNamePrefix?: string;
  /** Made by `threadFunction`; called in each thread before its first task. When it throws, the executor is broken. */
  readonly initializer?: ThreadFunction<(...args: I) => unknown>;
  readonly initArgs?: I;
}

export interface ShutdownOptions {
  /** Whether to wait until all tasks are over and the threads have ended. Default true. */
  readonly wait?: boolean;
  /** Whether tasks that no thread has begun are cancelled. Default false. */
  readonly cancel?: boolean;
}

export interface MapOptions {
  /** Milliseconds from the call of `map` until a result must be there. Default: none. */
  readonly timeout?: number;
}

const KNOWN = {
  executor: ['maxWorkers', 'threadNamePrefix', 'initializer', 'initArgs'],
  map: ['timeout'],
  shutdown: ['wait', 'cancel'],
} as const;

let executors = 0;

/**
 * Threads that run submitted functions, each one task at a time; a thread is started when a task finds none free, up to
 * `maxWorkers`. What a task throws is kept in its Future. It belongs to the thread that made it. The process ends when
 * nothing is left to do, though its threads sleep. Python: `concurrent.futures.ThreadPoolExecutor`, whose default is four
 * threads more than there are processors: those mostly wait, these mostly compute.
 *
 * @example
 * export const hash = threadFunction(import.meta.url, 'hash', (text: string) => …);
 * if (isMainThread) {
 *   using pool = new ThreadPoolExecutor({ maxWorkers: 4 });
 *   const future = pool.submit(hash, 'some text');
 *   console.log(future.result());
 * }
 */
export class ThreadPoolExecutor<I extends readonly unknown[] = readonly unknown[]> {
  readonly #who: string;
  readonly #pool: TaskPool;

  constructor(options: ExecutorOptions<I> = {}) {
    checkOptions(options, 'ThreadPoolExecutor', KNOWN.executor);
    const { maxWorkers = availableParallelism(), threadNamePrefix, initializer, initArgs = [] } = options;
    if (!Number.isInteger(maxWorkers) || maxWorkers < 1) {
      throw new RangeError(`ThreadPoolExecutor: maxWorkers must be a whole number from 1, got ${String(maxWorkers)}`);
    }
    if (threadNamePrefix !== undefined && typeof threadNamePrefix !== 'string') {
      throw new TypeError('ThreadPoolExecutor: threadNamePrefix must be a string');
    }
    if (!Array.isArray(initArgs)) throw new TypeError('ThreadPoolExecutor: initArgs must be an array');
    const namePrefix = threadNamePrefix ?? `ThreadPoolExecutor-${executors++}`;
    this.#who = threadNamePrefix === undefined ? namePrefix : `ThreadPoolExecutor ${JSON.stringify(threadNamePrefix)}`;
    stayHere(this, 'executor', () => `ThreadPoolExecutor { ${namePrefix} }`);
    const target = initializer && targetOfFunction(initializer, `${this.#who}: initializer`);
    this.#pool = new TaskPool({ who: this.#who, namePrefix, maxWorkers, initializer: target, initArgs });
  }

  /**
   * Has `fn`, made by `threadFunction`, called in one of the threads. Arguments and result are copied as by
   * `structuredClone`; primitives and Threads in them arrive as such. `fn` may be async: the task is over when its promise
   * has settled. Throws after {@link shutdown}, and a TypeError when an argument cannot cross.
   * Python: `Executor.submit`.
   */
  submit<R, A extends readonly unknown[]>(fn: ThreadFunction<(...args: A) => R | Promise<R>>, ...args: A): Future<R> {
    const target = targetOfFunction(fn, `${this.#who}: submit`);
    return newFuture(this.#pool.submit(target, this.#encode(args, target.exportName)));
  }

  /**
   * Has `fn` called with each item, all of them submitted at once, and gives the results in the order of the items:
   * `for (const result of pool.map(fn, items))` blocks for each, `for await` does not. The first error that is met is
   * thrown, and ends it; a `TimeoutError` when the time ran out. Python: `Executor.map`.
   */
  map<R, T>(
    fn: ThreadFunction<(item: T) => R | Promise<R>>,
    items: Iterable<T>,
    options: MapOptions = {},
  ): TaskResults<R> {
    checkOptions(options, `${this.#who}: map`, KNOWN.map);
    const timeout = checkTimeout(options.timeout, `${this.#who}: map`);
    const { exportName } = targetOfFunction(fn, `${this.#who}: map`);
    checkIterable(items, `${this.#who}: map takes an iterable of items: map(${exportName}, [1, 2])`);
    const futures = Array.from(items, (item) => this.submit(fn, item));
    return new TaskResults(futures, timeout, this.#who);
  }

  /**
   * Takes no more tasks; those that were submitted are still run, and the threads end then. By default it blocks until all
   * that is done. `using pool = new ThreadPoolExecutor()` does it at the end of the block. Python: `Executor.shutdown`.
   */
  shutdown(options: ShutdownOptions = {}): void {
    if (this.#close(options)) this.#pool.join();
  }

  /** {@link shutdown} that does not block the thread: the promise resolves when all is done. */
  async shutdownAsync(options: ShutdownOptions = {}): Promise<void> {
    if (this.#close(options)) await this.#pool.whenOver();
  }

  /** What `using` calls: {@link shutdown}. */
  [dispose](): void {
    this.shutdown();
  }

  /** What `await using` calls: {@link shutdownAsync}. */
  [asyncDispose](): Promise<void> {
    return this.shutdownAsync();
  }

  /** Whether to wait. */
  #close(options: ShutdownOptions): boolean {
    const who = `${this.#who}: shutdown`;
    checkOptions(options, who, KNOWN.shutdown);
    const { wait = true, cancel } = options;
    const isToWait = checkFlag(wait, 'wait', who);
    this.#pool.close(checkFlag(cancel, 'cancel', who));
    return isToWait;
  }

  #encode(args: readonly unknown[], name: string): EncodedValues {
    try {
      return encodeValues(args);
    } catch (error) {
      throw this.#cannotCross(args, name, error);
    }
  }

  #cannotCross(args: readonly unknown[], name: string, error: unknown): TypeError {
    const at = args.findIndex((arg) => {
      try {
        encodeValues([arg]);
        return false;
      } catch {
        return true;
      }
    });
    return new TypeError(
      `${this.#who}: argument ${at + 1} of ${name} cannot cross to another thread: ${messageOf(error)} ` +
        'Pass plain data and primitives; import functions in the module of the task.',
      { cause: error },
    );
  }
}
