/** What only the thread that started another one can see: that its worker is gone, and why. */
import type { Worker } from 'node:worker_threads';
import { describe, type HandleData } from '../crossing/handle.js';
import { printError } from '../print.js';
import { raw } from '../recording.js';
import { markDead } from './registry.js';
import { stackOf, withoutPlace } from './threadError.js';
import { OUTCOME, publishEnd, readFailure, STATE, THREAD_WORD, threadCells, writeFailure } from './threadMemory.js';

/** @param onExit called when all is written */
export function watchDeath(worker: Worker, thread: HandleData, onExit?: () => void): void {
  const cells = threadCells(thread.memory);
  const hasEnded = (): boolean => raw.load(cells, THREAD_WORD.STATE) === STATE.ENDED;
  let killer: unknown;
  worker.on('error', (error: unknown) => {
    if (!hasEnded()) killer = error;
    else if (cells[THREAD_WORD.OUTCOME] !== OUTCOME.FAILED) {
      printError(`${describe(thread)}: uncaught after its target had ended: ${stackOf(error)}`);
    }
  });
  worker.on('exit', (code) => {
    markDead(raw.load(cells, THREAD_WORD.TOKEN));
    if (!hasEnded()) endFor(thread, killer ?? deathOf(thread, `with exit code ${code}`));
    tellUnseenFailure(cells, thread);
    onExit?.();
  });
}

/** Its worker is gone without a word, and the event that says why has not come yet. */
export function declareLost(thread: HandleData): void {
  markDead(raw.load(threadCells(thread.memory), THREAD_WORD.TOKEN));
  endFor(thread, deathOf(thread, '(terminated, or out of memory)'));
}

function deathOf(thread: HandleData, how: string): Error {
  return withoutPlace(new Error(`${describe(thread)} died ${how} before its target ended`));
}

function endFor(thread: HandleData, error: unknown): void {
  writeFailure(thread.memory, error, thread);
  publishEnd(threadCells(thread.memory));
}

/** An error that nobody has joined for must not vanish. */
function tellUnseenFailure(cells: Int32Array, thread: HandleData): void {
  if (cells[THREAD_WORD.OUTCOME] !== OUTCOME.FAILED || raw.exchange(cells, THREAD_WORD.TOLD, 1) === 1) return;
  printError(`${describe(thread)} failed, and nobody has joined it: ${stackOf(readFailure(thread.memory))}`);
}
