/**
 * What TypeScript knows of `new Thread(…)`. One signature for its three forms: of several the compiler says only that none
 * matches, and of one it says which argument is wrong.
 */
import { Thread as ThreadClass } from './thread.js';
import type { ThreadOptions } from './threadArguments.js';
import type { AnyFunction, ThreadFunction } from './threadTarget.js';

/** What comes after the first argument: of a function its arguments, which may only be left out when it needs none. */
export type ThreadRest<F> = [F] extends [never]
  ? unknown[]
  : [F] extends [AnyFunction]
    ? [] extends Parameters<F>
      ? [args?: Readonly<Parameters<F>>, options?: ThreadOptions]
      : [args: Readonly<Parameters<F>>, options?: ThreadOptions]
    : [F] extends [string | URL]
      ? [exportName: string, args?: readonly unknown[], options?: ThreadOptions]
      : string extends F
        ? [exportName?: string, args?: readonly unknown[], options?: ThreadOptions]
        : [];

/** The type of a Thread's `result`. */
export type ThreadResult<F, R> = F extends AnyFunction ? Awaited<ReturnType<F>> : R;

/** Options are no function, though functions have a name. */
type NoFunction = string | URL | (ThreadOptions & { readonly bind?: never }) | undefined;

export interface ThreadConstructor {
  /**
   * - `new Thread(work, [a, b], options)`: a function made by `threadFunction`, and its arguments. The thread ends when what
   *   it returns has settled.
   * - `new Thread(import.meta.url, 'work', [a, b], options)`: the module that exports the function by this name;
   *   `__filename` in CommonJS. `new Thread<number>(…)` says what it returns.
   * - `super(options)`, in a subclass made by `threadClass`.
   */
  new <R = unknown, F extends ThreadFunction | NoFunction = NoFunction>(
    target?: F,
    ...rest: ThreadRest<F>
  ): Thread<ThreadResult<F, R>>;
  readonly prototype: Thread;
  /** The thread behind a structured clone of it, as it arrives through `workerData` or a message. */
  from(this: void, handle: unknown): Thread;
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an alias could not be named in declaration files
export interface Thread<R = unknown> extends ThreadClass<R> {}

/**
 * A thread of the process: a worker that runs an exported function, or the `run` of a thread class, with typed arguments.
 * Arguments are copied as by `structuredClone`; primitives and Threads in them arrive as such.
 * Python: `threading.Thread`.
 *
 * @example
 * export const work = threadFunction(import.meta.url, 'work', (jobs: Queue<string>) => { … });
 * if (isMainThread) {
 *   const thread = new Thread(work, [jobs], { name: 'worker' });
 *   thread.start();
 *   thread.join();
 * }
 */
export const Thread: ThreadConstructor = ThreadClass;
