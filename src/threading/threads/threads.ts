/** Which threads there are, as far as the calling one can know. */
import { isMainThread } from 'node:worker_threads';
import { ownStart } from './threadStart.js';
import { ownToken } from './registry.js';
import { adopt, getIdent, livingThreads, Thread as ThreadClass } from './thread.js';
import { newThreadMemory, STATE, THREAD_WORD, threadCells } from './threadMemory.js';
import type { Thread } from './typedThread.js';

/** The main thread's token: it is the first that asks for one. */
const MAIN_TOKEN = 1;

/** A thread that was not started through `Thread`: it lives as long as it can be asked. */
function foreignThread(name: string, ident: number, token: number): Thread {
  const memory = newThreadMemory();
  const cells = threadCells(memory);
  cells[THREAD_WORD.TOKEN] = token;
  cells[THREAD_WORD.IDENT] = ident;
  cells[THREAD_WORD.STATE] = STATE.STARTED;
  return adopt({ kind: 'thread', name, memory }, ThreadClass.prototype as ThreadClass);
}

let main: Thread | undefined;
let current: Thread | undefined;

/** What `threadEntry` made of this thread. */
export function setCurrentThread(thread: Thread): void {
  current = thread;
}

/** The Thread of Node's main thread. It cannot be joined. Python: `threading.main_thread`. */
export function mainThread(): Thread {
  main ??= foreignThread('main', 0, MAIN_TOKEN);
  return main;
}

/** The Thread that calls; also in a worker that was not started through `Thread`. Python: `threading.current_thread`. */
export function currentThread(): Thread {
  if (isMainThread) return mainThread();
  current ??= ownStart
    ? adopt({ kind: 'thread', name: ownStart.name, memory: ownStart.memory }, ThreadClass.prototype as ThreadClass)
    : foreignThread(`worker ${getIdent()}`, getIdent(), ownToken);
  return current;
}

/**
 * The living threads that the calling one knows: the main thread, itself, those it started and those that were handed to
 * it. Threads that others started are not among them. Python: `threading.enumerate`, which knows them all.
 */
export function enumerate(): Thread[] {
  return [...new Set([mainThread(), currentThread(), ...livingThreads()])].filter((thread) => thread.isAlive());
}

/** The length of {@link enumerate}. Python: `threading.active_count`. */
export function activeCount(): number {
  return enumerate().length;
}
