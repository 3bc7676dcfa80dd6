/**
 * How a thread comes to life: its worker runs a `data:` module (an `eval` worker would skip `--import` preloads such as
 * tsx) that imports the user's module, and finds the library through {@link LIBRARY}: the same one that the user's module
 * has, also where a bundler put the library into the user's file.
 */
import { workerData, type MessagePort } from 'node:worker_threads';
import type { PoolStart } from '../pools/poolStart.js';
import { probe } from '../recording.js';
import { OUTCOME, STATE, THREAD_HEADER_BYTES, THREAD_WORD } from './threadMemory.js';

export const LIBRARY = 'threadlanes.threading.1';

/** What a started thread finds under `workerData.threadlanes`. */
export interface ThreadStart {
  readonly module: string;
  readonly exportName: string;
  /** The library's own file, for a module that does not import it. */
  readonly library: string | undefined;
  readonly memory: SharedArrayBuffer;
  readonly name: string;
  readonly daemon: boolean;
  readonly token: number;
  readonly registry: SharedArrayBuffer;
  /** Set for a function. */
  readonly args: unknown[] | undefined;
  /** Set for an instance of a thread class: its own properties. */
  readonly fields: Record<string, unknown> | undefined;
  /** Set for a thread of an executor: then the module is the one of its first task. */
  readonly pool: PoolStart | undefined;
  /** To the thread that started this one. Kept: it goes with the thread, which tells the other end. */
  readonly line: MessagePort;
}

/** What the library offers to the worker's first module. */
export interface ThreadRunner {
  run(namespace: Record<string, unknown>): void;
  fail(error: unknown): void;
}

function findOwnStart(): ThreadStart | undefined {
  const data = workerData as { threadlanes?: Partial<ThreadStart> } | null | undefined;
  const start = data?.threadlanes;
  return start?.registry instanceof SharedArrayBuffer ? (start as ThreadStart) : undefined;
}

/** How this thread was started, when the library did. */
export const ownStart = findOwnStart();

/** When not even the library can be loaded, the joiners still learn why. */
const program = `
import { workerData } from 'node:worker_threads';
const { module, library, memory } = workerData.threadlanes;
const key = Symbol.for('${LIBRARY}');
const failAlone = ({ name, message, stack }) => {
  const text = new TextEncoder().encode(JSON.stringify({ name, message, stack }));
  memory.grow(Math.max(memory.byteLength, ${THREAD_HEADER_BYTES} + text.length));
  new Uint8Array(memory, ${THREAD_HEADER_BYTES}).set(text);
  const cells = new Int32Array(memory, 0, ${THREAD_HEADER_BYTES / 4});
  cells[${THREAD_WORD.LENGTH}] = text.length;
  cells[${THREAD_WORD.OUTCOME}] = ${OUTCOME.FAILED};
  Atomics.store(cells, ${THREAD_WORD.STATE}, ${STATE.ENDED});
  Atomics.notify(cells, ${THREAD_WORD.STATE});
};
try {
  const namespace = await import(module);
  if (!globalThis[key]) await import(library);
  globalThis[key].run(namespace);
} catch (error) {
  try {
    if (!globalThis[key]) await import(library);
    globalThis[key].fail(error);
  } catch {
    failAlone(error);
  }
}
`;

export const FIRST_MODULE = new URL(`data:text/javascript,${encodeURIComponent(program)}`);

probe?.ownFile(FIRST_MODULE.href);
