/**
 * What the library's threads of a process know of each other. A thread has a *token*, unique in the process, which locks
 * name their holder by: thread ids will not do, since a recorder hides its own thread from them in the threads it
 * reaches only. A thread that died without unwinding is marked here by its creator.
 */
import { isMainThread } from 'node:worker_threads';
import { raw } from '../recording.js';
import { ownStart } from './threadStart.js';

/** Words: the token before the first, how many were given out, then one bit for each that died. */
const WORD = { BASE: 0, COUNT: 1, DEAD: 2 } as const;
const REGISTRY_BYTES = 64 * 1024;
const MAX_TRACKED = (REGISTRY_BYTES / 4 - WORD.DEAD) * 32;

/** A worker that the library did not start has a registry of its own, with tokens far away from all others. */
function newRegistry(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(REGISTRY_BYTES);
  if (!isMainThread) new Int32Array(memory)[WORD.BASE] = 2 ** 26 + Math.floor(Math.random() * 2 ** 28);
  return memory;
}

export const registry = ownStart?.registry ?? newRegistry();
const cells = new Int32Array(registry);

/** A token for a new thread: from 1, below 2^30. */
export function newToken(): number {
  return raw.load(cells, WORD.BASE) + raw.add(cells, WORD.COUNT, 1) + 1;
}

export const ownToken = ownStart?.token ?? newToken();

/** To be called when a thread's worker has exited. */
export function markDead(token: number): void {
  const index = token - raw.load(cells, WORD.BASE);
  if (index > 0 && index < MAX_TRACKED) raw.or(cells, WORD.DEAD + (index >> 5), 1 << (index & 31));
}

/** Whether this thread would learn of its death: not of workers that the library did not start, nor do those of others. */
export function isTracked(token: number): boolean {
  const index = token - raw.load(cells, WORD.BASE);
  return index > 0 && index < MAX_TRACKED;
}

/** True only when it is certain. */
export function isDead(token: number): boolean {
  const index = token - raw.load(cells, WORD.BASE);
  if (!isTracked(token)) return false;
  return (raw.load(cells, WORD.DEAD + (index >> 5)) & (1 << (index & 31))) !== 0;
}
