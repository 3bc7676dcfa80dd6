/**
 * What any thread can know of another: words and, behind them, the target's result or error as bytes. They are written
 * before the state says that the thread has ended.
 */
import { wakeAsync } from '../waiting/asyncWait.js';
import { growTo, newGrowableMemory } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import { TAG } from '../queues/itemBytes.js';
import { raw } from '../recording.js';
import { decodeError, encodeError } from './threadError.js';

export const THREAD_WORD = {
  STATE: 0,
  IDENT: 1,
  TOKEN: 2,
  OUTCOME: 3,
  TAG: 4,
  LENGTH: 5,
  /** 1 when somebody was told of its error. */
  TOLD: 6,
  DAEMON: 7,
  /** Rung for those that wait for its end in their event loop. */
  ASYNC: 8,
} as const;

export const STATE = { NEW: 0, STARTED: 1, ENDED: 2 } as const;

export const OUTCOME = { NONE: 0, RETURNED: 1, FAILED: 2, EXITED: 3 } as const;

export const THREAD_HEADER_BYTES = 64;
const FIRST_BYTES = 512;

export function newThreadMemory(): SharedArrayBuffer {
  return newGrowableMemory(FIRST_BYTES);
}

export function threadCells(memory: SharedArrayBuffer): Int32Array {
  return new Int32Array(memory, 0, THREAD_HEADER_BYTES / 4);
}

export function writeBytes(memory: SharedArrayBuffer, bytes: Uint8Array, tag: number, who: Named): void {
  growTo(memory, THREAD_HEADER_BYTES + bytes.length, who);
  new Uint8Array(memory, THREAD_HEADER_BYTES, bytes.length).set(bytes);
  const cells = threadCells(memory);
  cells[THREAD_WORD.TAG] = tag;
  cells[THREAD_WORD.LENGTH] = bytes.length;
}

export function readBytes(memory: SharedArrayBuffer): Uint8Array {
  const length = threadCells(memory)[THREAD_WORD.LENGTH] as number;
  return new Uint8Array(memory, THREAD_HEADER_BYTES, length).slice();
}

export function writeFailure(memory: SharedArrayBuffer, error: unknown, who: Named): void {
  writeBytes(memory, encodeError(error, who), TAG.BYTES, who);
  threadCells(memory)[THREAD_WORD.OUTCOME] = OUTCOME.FAILED;
}

export function readFailure(memory: SharedArrayBuffer): Error {
  return decodeError(readBytes(memory));
}

/** From now on joiners return. False when it had ended before. */
export function publishEnd(cells: Int32Array): boolean {
  if (raw.exchange(cells, THREAD_WORD.STATE, STATE.ENDED) === STATE.ENDED) return false;
  raw.notify(cells, THREAD_WORD.STATE);
  wakeAsync(cells, THREAD_WORD.ASYNC);
  return true;
}

/** How a thread that has ended did so; the error where it failed. */
export function readEnd(memory: SharedArrayBuffer): { readonly outcome: number; readonly failure: Error | undefined } {
  const outcome = threadCells(memory)[THREAD_WORD.OUTCOME] as number;
  return { outcome, failure: outcome === OUTCOME.FAILED ? readFailure(memory) : undefined };
}
