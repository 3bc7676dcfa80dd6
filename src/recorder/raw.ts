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

export const atomics = {
  wait: Atomics.wait,
  waitAsync: Atomics.waitAsync,
  notify: Atomics.notify,
  load: Atomics.load,
  store: Atomics.store,
  exchange: Atomics.exchange,
  compareExchange: Atomics.compareExchange,
  add: Atomics.add,
  sub: Atomics.sub,
  and: Atomics.and,
  or: Atomics.or,
  xor: Atomics.xor,
};

const clock = globalThis.performance;
const readClock = clock.now;

/** Milliseconds; one clock for all threads of the process. Test frameworks replace `performance.now`: this stays. */
export const now = (): number => readClock.call(clock);

export const postMessage = threads.MessagePort.prototype.postMessage;
export const RawMessageChannel = threads.MessageChannel;
export const RawWorker = threads.Worker;
export const { getEnvironmentData, setEnvironmentData, isMainThread } = threads;
export const realThreadId = threads.threadId;
export const setInterval = globalThis.setInterval;
