/**
 * Which requests for Web Locks can never be granted. A request does not block its thread, so it is no matter of threads
 * that wait: it needs those that hold the lock to give it back, and their threads go on. When a callback gives its lock
 * back is its own affair; that it needs another lock first is known with the grades of liveness:
 *
 * - certain: it awaits that request, or returned its promise; or its thread is dead in a synchronous wait.
 * - likely: each time before it was so; or its thread's loop is dead too, and it has made that request itself.
 * - possible: it has made that request itself. It may well do without: to ask for the lock of another is also a way to
 *   be told when the other ends.
 */
import type { Nanos } from '../base/brand.js';
import { isSeenWithin, isSharedMode, type LockRequest } from '../model/lockRequests.js';
import type { Model } from '../model/model.js';
import type { Grade } from './finding.js';
import type { DeadThread } from './liveness.js';

/** The threads that are dead, by id. */
export type DeadThreads = ReadonlyMap<number, DeadThread>;

/** @param before those that were made later count as alive */
export function findDeadRequests(model: Model, threads: DeadThreads, level: Grade, before: Nanos): Set<LockRequest> {
  const dead = new Set<LockRequest>();
  for (const { requests, isEnded } of model.threads.values()) {
    if (isEnded) continue;
    for (const one of requests.values()) if (isOpenEnded(one) && one.wait.since <= before) dead.add(one);
  }
  const canEnd = (holder: LockRequest): boolean => {
    if (model.threads.get(holder.thread)?.isEnded !== false) return true;
    const thread = threads.get(holder.thread);
    if (thread !== undefined && thread.wait !== null) return false;
    if (thread === undefined && model.objects.get(holder.lock)?.lock?.wasStolen === true) return true;
    const needed = neededBy(model, holder, threads, level);
    if (needed.length > 0) return !needed.some((one) => dead.has(one));
    // A loop that nothing else wakes goes on when a request of its thread is granted.
    return thread === undefined || [...ownRequests(model, holder)].some((one) => one.wait !== null && !dead.has(one));
  };
  for (let size = -1; size !== dead.size;) {
    size = dead.size;
    for (const one of dead) if (holdersFor(model, one).every(canEnd)) dead.delete(one);
  }
  return dead;
}

/** Only the lock ends it. */
function isOpenEnded(one: LockRequest): one is LockRequest & { readonly wait: NonNullable<LockRequest['wait']> } {
  return one.wait !== null && !one.isBounded;
}

const ownRequests = (model: Model, { thread }: LockRequest): Iterable<LockRequest> =>
  model.threads.get(thread)?.requests.values() ?? [];

/** The requests whose holds keep this one waiting. */
export function holdersFor(model: Model, { lock, wait }: LockRequest): LockRequest[] {
  const isShared = wait !== null && isSharedMode(wait.arg ?? NaN);
  const granted = model.objects.get(lock)?.lock?.granted ?? [];
  return [...granted].filter(({ hold }) => hold !== null && !(isShared && hold.shared));
}

/** The waiting requests that a holder needs before it gives its lock back, as far as that is known at this level. */
export function neededBy(model: Model, holder: LockRequest, threads: DeadThreads, level: Grade): LockRequest[] {
  const hasDeadLoop = level !== 'certain' && threads.has(holder.thread);
  const stack = holder.hold?.stack ?? -1;
  const isNeeded = (one: LockRequest): boolean =>
    level === 'possible' ||
    hasDeadLoop ||
    (level === 'likely' && isSeenWithin(model, stack, (one.wait ?? one.hold)?.stack ?? -1));
  const inner = [...holder.inner].filter((one) => one === holder.follows || isNeeded(one));
  return inner.flatMap((one) =>
    isOpenEnded(one) ? one : one.hold === null ? [] : neededBy(model, one, threads, level),
  );
}
