import { LOCK_MODES, LOCK_REFUSALS, type OpName } from '../trace/ops.js';
import type { Hold } from './intervals.js';
import type { Model } from './model.js';
import type { LockState, ObjectModel } from './objectModel.js';
import { lockOf } from './lockState.js';
import type { EventCursor, Step } from './step.js';
import type { ThreadModel } from './threadModel.js';
import { forgetRequests, giveBack, grant, isWebLock, refuse } from './webLockSteps.js';

const SHARED = LOCK_MODES.indexOf('shared');
const TIMEOUT = LOCK_REFUSALS.indexOf('timeout');
const BOUNDED = LOCK_MODES.indexOf('bounded');
const BOUNDED_SHARED = LOCK_MODES.indexOf('boundedShared');

function acquired(model: Model, event: EventCursor): void {
  if (isWebLock(model, event)) return grant(model, event);
  const { thread, t, stack, arg, ended } = event;
  const object = model.objectOf(event.object);
  const lock = lockOf(object);
  if (ended !== null && lock.releasedBy >= 0) {
    ended.endedByThread = lock.releasedBy;
    ended.endedByStack = lock.releaseStack;
    model.transfer('handOver', object.id, lock.releasedBy, lock.releasedAt, lock.releaseStack, event);
  }
  const shared = event.extra === SHARED || event.extra === BOUNDED_SHARED;
  const before = shared ? (lock.sharedHolds.get(thread.id) ?? null) : lock.hold;
  if (shared && before !== null) {
    before.times = (before.times ?? 1) + 1;
    return;
  }
  if (before !== null && before.thread === thread.id && isReentry(object, arg)) {
    lock.depth += 1;
    return;
  }
  if (before !== null && !shared) overtake(model, lock, before, event);
  const hold: Hold = {
    lock: object.id,
    thread: thread.id,
    shared,
    bounded: event.extra === BOUNDED || event.extra === BOUNDED_SHARED || (ended !== null && ended.timeoutMs !== null),
    since: t,
    until: t,
    stack,
    sampled: event.sampled,
    wait: ended,
    releasedBy: -1,
  };
  if (shared) {
    lock.sharedHolds.set(thread.id, hold);
  } else {
    lock.hold = hold;
    lock.depth = 1;
  }
  model.audience.acquired(hold, thread.holds);
  thread.holds.push(hold);
}

function isReentry(object: ObjectModel, depth: number): boolean {
  return depth > 1 || (object.kind === 'rlock' && Number.isNaN(depth));
}

/** Somebody takes what another has not given back: a release was lost, or comes late. */
function overtake(model: Model, lock: LockState, hold: Hold, event: EventCursor): void {
  const owner = model.threads.get(hold.thread);
  if (hold.thread !== event.thread.id && owner !== undefined && !owner.isEnded) {
    model.inversions += 1;
    lock.overtaken.add(hold.thread);
  }
  drop(model, hold, event, -1);
}

function release(model: Model, event: EventCursor): void {
  if (isWebLock(model, event)) return giveBack(model, event);
  const { thread, t, stack, arg, object: id } = event;
  const object = model.objectOf(id);
  const lock = lockOf(object);
  const shared = lock.sharedHolds.get(thread.id);
  if (shared !== undefined && lock.hold?.thread !== thread.id) {
    giveBackShared(model, lock, shared, event);
  } else if (lock.overtaken.delete(thread.id)) {
    return;
  } else if (lock.hold !== null) {
    const left = Number.isNaN(arg) ? lock.depth - 1 : arg;
    lock.depth = left;
    if (left > 0) return;
    const { hold } = lock;
    lock.hold = null;
    if (hold.thread === thread.id) lock.ownReleases += 1;
    else lock.foreignRelease = { thread: thread.id, stack, t };
    drop(model, hold, { thread, t }, thread.id);
  } else {
    // Whose it was, nobody knows.
    const [other] = lock.sharedHolds.values();
    if (other !== undefined) {
      lock.foreignRelease = { thread: thread.id, stack, t };
      giveBackShared(model, lock, other, event);
    }
  }
  lock.releasedBy = thread.id;
  lock.releaseStack = stack;
  lock.releasedAt = t;
}

function giveBackShared(model: Model, lock: LockState, hold: Hold, { thread, t }: EventCursor): void {
  const left = (hold.times ?? 1) - 1;
  hold.times = left;
  if (left > 0) return;
  lock.sharedHolds.delete(hold.thread);
  if (hold.thread === thread.id) lock.ownReleases += 1;
  drop(model, hold, { thread, t }, thread.id);
}

/** The hold is over. One whose owner has ended was told then. */
function drop(model: Model, hold: Hold, at: { readonly thread: ThreadModel; t: EventCursor['t'] }, by: number): void {
  const owner = at.thread.id === hold.thread ? at.thread : model.threads.get(hold.thread);
  const index = owner === undefined ? -1 : owner.holds.lastIndexOf(hold);
  if (index >= 0) owner?.holds.splice(index, 1);
  if (owner?.isEnded === true && by < 0) return;
  hold.until = at.t;
  hold.releasedBy = by;
  model.audience.hold(hold);
}

/** The thread may have given back anything meanwhile: its events were lost. */
export function forgetHolds(model: Model, thread: ThreadModel, t: EventCursor['t']): void {
  forgetRequests(model, thread, t);
  for (const hold of [...thread.holds]) {
    const lock = lockOf(model.objectOf(hold.lock));
    if (lock.hold === hold) lock.hold = null;
    lock.sharedHolds.delete(thread.id);
    drop(model, hold, { thread, t }, -1);
  }
}

/** A condition's wait gives its lock up, at any depth; what follows says who has it then. */
function conditionWait(model: Model, { thread, t, arg, stack }: EventCursor): void {
  const lock = model.objects.get(arg)?.lock;
  if (!lock || lock.hold?.thread !== thread.id) return;
  const { hold } = lock;
  lock.hold = null;
  lock.releasedBy = thread.id;
  lock.releaseStack = stack;
  lock.releasedAt = t;
  drop(model, hold, { thread, t }, thread.id);
}

export const lockSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'lock.acquired': acquired,
  'lock.refused': (model, event) => {
    if (isWebLock(model, event)) return refuse(model, event);
    const { thread, stack, t, sampled, arg } = event;
    if (arg === TIMEOUT) lockOf(model.objectOf(event.object)).timedOut = { thread: thread.id, stack, t, sampled };
  },
  'lock.release': release,
  'condition.wait': conditionWait,
};
