/** Functions as Node made them, taken before the recorder or the program replaces any. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { createRequire } from 'node:module';
import type * as workerThreads from 'node:worker_threads';

/** Loads a module of Node when it is needed; some are too dear for a process that stays unthreaded. */
export const load = createRequire(__filename);

/** The module's own exports object: what is replaced in it, everybody gets. */
export const threads = load('node:worker_threads') as {
  -readonly [K in keyof typeof workerThreads]: (typeof workerThreads)[K];
};

/** V8 can be told to have neither: nothing can be recorded then. */
export const hasSharedMemory = typeof Atomics === 'object' && typeof SharedArrayBuffer === 'function';

const builtin = hasSharedMemory ? Atomics : ({} as typeof Atomics);

export const atomics = {
  wait: builtin.wait,
  waitAsync: builtin.waitAsync,
  notify: builtin.notify,
  load: builtin.load,
  store: builtin.store,
  exchange: builtin.exchange,
  compareExchange: builtin.compareExchange,
  add: builtin.add,
  sub: builtin.sub,
  and: builtin.and,
  or: builtin.or,
  xor: builtin.xor,
};

function ownerOf<T extends object>(prototype: T, property: keyof T): T {
  let owner: T | null = prototype;
  while (owner !== null && !Object.hasOwn(owner, property)) owner = Object.getPrototypeOf(owner) as T | null;
  return owner ?? prototype;
}

const clock = globalThis.performance;
const readClock = clock.now;

/** Milliseconds; one clock for all threads of the process. Test frameworks replace `performance.now`: this stays. */
export const now = (): number => readClock.call(clock);

export const postMessage = threads.MessagePort.prototype.postMessage;
export const RawMessageChannel = threads.MessageChannel;

/** Node's own prototype of workers: somebody else's preload may have put a class of its own before it. */
export const workerPrototype = ownerOf(threads.Worker.prototype, 'threadId');
export const RawWorker = workerPrototype.constructor as typeof workerThreads.Worker;
export const { getEnvironmentData, setEnvironmentData, isMainThread } = threads;
export const realThreadId = threads.threadId;
export const { setInterval, clearInterval } = globalThis;

/** Programs that replace these must not be asked by what stands in front of Node's functions. */
export const { apply, construct } = Reflect;
