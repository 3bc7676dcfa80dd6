/** Web Locks: granted to requests, given back by them, stolen from them, free again when their thread ends. */
import type { Nanos } from '../base/brand.js';
import { LOCK_MODES, type OpName } from '../trace/ops.js';
import type { Hold } from './intervals.js';
import {
  endRequest,
  endWait,
  findRequest,
  holdsAround,
  isBoundedMode,
  isSharedMode,
  requestOf,
  type LockRequest,
} from './lockRequests.js';
import { lockOf } from './lockState.js';
import type { Model } from './model.js';
import type { EventCursor, Step } from './step.js';
import type { ThreadModel } from './threadModel.js';

const STEAL = LOCK_MODES.indexOf('steal');

export function isWebLock(model: Model, { object, thread }: Pick<EventCursor, 'object' | 'thread'>): boolean {
  return thread.asked?.lock === object || model.objects.get(object)?.kind === 'weblock';
}

export function grant(model: Model, event: EventCursor): void {
  const { thread, t, stack, arg, extra, object } = event;
  const lock = lockOf(model.objectOf(object));
  const request = requestOf(thread, object, arg);
  thread.asked = null;
  if (request.hold !== null) return;
  const wait = endWait(model, request, t, 'done');
  event.ended = wait;
  if (wait !== null && lock.releasedBy >= 0 && lock.releasedAt >= wait.since) {
    wait.endedByThread = lock.releasedBy;
    wait.endedByStack = lock.releaseStack;
    model.transfer('handOver', object, lock.releasedBy, lock.releasedAt, lock.releaseStack, event);
  }
  const shared = isSharedMode(extra);
  // Stolen, or the end of their thread is told by another, later.
  for (const other of lock.granted) {
    if (shared && other.hold?.shared === true) continue;
    lock.wasStolen ||= extra === STEAL;
    lose(model, other, t, extra === STEAL ? thread.id : -1);
  }
  const hold: Hold = {
    lock: object,
    thread: thread.id,
    shared,
    bounded: isBoundedMode(extra),
    since: t,
    until: t,
    stack,
    sampled: event.sampled,
    wait,
    releasedBy: -1,
    request,
  };
  request.hold = hold;
  lock.granted.add(request);
  if (!shared) lock.hold = hold;
  model.audience.acquired(hold, holdsAround(request));
  thread.holds.push(hold);
}

export function giveBack(model: Model, { thread, t, stack, arg, object }: EventCursor): void {
  const lock = lockOf(model.objectOf(object));
  const request = findRequest(thread, object, arg);
  if (request?.hold == null) return;
  const { hold } = request;
  endHold(model, thread, request, t, thread.id);
  endRequest(model, thread, request, hold.stack);
  lock.ownReleases += 1;
  lock.releasedBy = thread.id;
  lock.releaseStack = stack;
  lock.releasedAt = t;
}

/** It does not get the lock, or loses it. */
export function refuse(model: Model, event: EventCursor): void {
  const { thread, t, extra, object } = event;
  const request = findRequest(thread, object, extra);
  if (request === null) return;
  const stack = (request.wait ?? request.hold)?.stack ?? -1;
  event.ended = endWait(model, request, t, 'refused');
  if (request.hold !== null) endHold(model, thread, request, t, thread.id);
  endRequest(model, thread, request, stack);
}

/** Node gives the locks of a thread back when it ends, and takes its requests out of the queues. */
export function endRequests(model: Model, thread: ThreadModel, t: Nanos): void {
  for (const request of thread.requests.values()) {
    const wait = endWait(model, request, t, 'threadEnded');
    if (wait !== null) model.audience.wait(wait);
    if (request.hold === null) continue;
    const lock = lockOf(model.objectOf(request.lock));
    lock.releasedBy = thread.id;
    lock.releaseStack = -1;
    lock.releasedAt = t;
    endHold(model, thread, request, t, -1);
  }
  thread.requests.clear();
  thread.asked = null;
}

/** Events are missing: what became of its requests is not known. */
export function forgetRequests(model: Model, thread: ThreadModel, t: Nanos): void {
  for (const request of thread.requests.values()) {
    const wait = endWait(model, request, t, 'done');
    if (wait !== null) model.audience.wait(wait);
    if (request.hold !== null) endHold(model, thread, request, t, -1);
  }
  thread.requests.clear();
  thread.asked = null;
}

function lose(model: Model, request: LockRequest, t: Nanos, by: number): void {
  const owner = model.threads.get(request.thread);
  if (owner !== undefined) endHold(model, owner, request, t, by);
}

function endHold(model: Model, owner: ThreadModel, request: LockRequest, t: Nanos, by: number): void {
  const { hold } = request;
  if (hold === null) return;
  const lock = lockOf(model.objectOf(request.lock));
  lock.granted.delete(request);
  if (lock.hold === hold) lock.hold = null;
  request.hold = null;
  const index = owner.holds.lastIndexOf(hold);
  if (index >= 0) owner.holds.splice(index, 1);
  hold.until = t > hold.since ? t : hold.since;
  hold.releasedBy = by;
  model.audience.hold(hold);
}

export const webLockSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'lock.request': (_model, { thread, object, arg, extra }) => {
    thread.asked = requestOf(thread, object, arg, thread.requests.get(extra) ?? null);
  },
  'lock.follow': (_model, { thread, object, arg, extra }) => {
    const request = findRequest(thread, object, arg);
    if (request !== null) request.follows = thread.requests.get(extra) ?? null;
  },
};
