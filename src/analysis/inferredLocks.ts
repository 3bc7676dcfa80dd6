/**
 * Locks that the program built of words of shared memory, as far as a wait for one tells who has to act. What others do with such
 * a word is only known from this run, so that an owner decides less than that of a lock of the library: likely, when the
 * word was given back by its taker before; else it may be a signal, and that is only possible.
 */
import type { Wait } from '../model/intervals.js';
import type { InferredLock } from '../model/inference/decideLocks.js';
import type { Model } from '../model/model.js';
import { pollingWait } from '../model/inference/polling.js';
import { element } from '../model/inference/wordOperation.js';
import type { Grade } from './finding.js';
import type { Formula } from './fixpoint.js';
import type { DeadThread } from './liveness.js';
import { mayHaveOtherNames } from './wordNames.js';

/** From then on its owner is the one to give it back. */
const ENOUGH_RELEASES = 2;

/** A lock whose owner is known, and for which this is a wait. */
export interface OwnedLock extends InferredLock {
  readonly hold: NonNullable<InferredLock['hold']>;
}

export function ownedLock(model: Model, wait: Wait): OwnedLock | null {
  if (wait.family !== 'word' || mayHaveOtherNames(model, wait)) return null;
  const lock = model.inference.lockOf(wait.object);
  if (!lock?.hold || lock.foreignRelease !== null || !model.threads.has(lock.hold.thread)) return null;
  // It was changed since: whoever did that is about to notify, or forgot it.
  if (wait.arg === undefined || element(wait.arg) !== lock.value) return null;
  return lock as OwnedLock;
}

/** Who takes it gives it back: it is no signal, and no word of another kind. */
export function isMutex(model: Model, id: number): boolean {
  const object = model.objects.get(id);
  if (object?.kind !== 'word') return (object?.lock?.foreignRelease ?? null) === null;
  const lock = model.inference.lockOf(id);
  return lock !== undefined && lock.foreignRelease === null && lock.ownReleases > 0 && lock.areHoldsTold;
}

export const isProven = ({ ownReleases }: OwnedLock): boolean => ownReleases >= ENOUGH_RELEASES;
/** It, or others of the same code. */
export const isProvenCode = ({ pooledReleases }: OwnedLock): boolean => pooledReleases >= ENOUGH_RELEASES;

/** Null: what waits for words in general. */
export function formulaOfInferred(model: Model, wait: Wait, level: Grade): Formula | null {
  const lock = ownedLock(model, wait);
  if (lock === null) return null;
  return level === 'possible' || (level === 'likely' && isProven(lock)) ? [lock.hold.thread] : 'anyone';
}

/** By thread: those that look for an inferred lock again and again, and do nothing else. */
export function pollingWaits(model: Model, now: Wait['since']): Map<number, Wait> {
  const waits = new Map<number, Wait>();
  for (const thread of model.threads.values()) {
    const wait = thread.isEnded ? null : pollingWait(thread, now);
    if (wait !== null && ownedLock(model, wait) !== null) waits.set(thread.id, wait);
  }
  return waits;
}

/** Dead threads each of which waits for an inferred lock that the next one holds. */
export interface InferredCircle {
  readonly members: readonly number[];
  readonly locks: readonly OwnedLock[];
}

/** Circles of at least two threads and two locks. */
export function inferredCircles(model: Model, dead: ReadonlyMap<number, DeadThread>): InferredCircle[] {
  const waits = new Map<number, OwnedLock>();
  for (const { node, thread, wait } of dead.values()) {
    const lock = wait !== null && node === thread.id ? ownedLock(model, wait) : null;
    if (lock !== null) waits.set(thread.id, lock);
  }
  const circles: InferredCircle[] = [];
  const seen = new Set<number>();
  for (const start of waits.keys()) {
    const path: number[] = [];
    let at = start;
    for (; waits.has(at) && !seen.has(at); at = waits.get(at)?.hold.thread ?? -1) {
      seen.add(at);
      path.push(at);
    }
    const members = path.slice(path.includes(at) ? path.indexOf(at) : path.length);
    const locks = members.flatMap((id) => waits.get(id) ?? []);
    if (new Set(locks.map(({ word }) => word)).size > 1) circles.push({ members, locks });
  }
  return circles;
}
