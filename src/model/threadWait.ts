/**
 * The synchronous wait of a thread: it begins with an attempt and ends with its outcome. The outcome may be missing:
 * whatever else the thread does shows that it no longer waits.
 */
import type { Nanos } from '../base/brand.js';
import { NO_TIMEOUT } from '../trace/ops.js';
import type { Wait, WaitOutcome } from './intervals.js';
import { openRequest, requestOf } from './lockRequests.js';
import type { Model } from './model.js';
import { openWait } from './openWait.js';
import type { EventCursor } from './step.js';
import type { ThreadModel } from './threadModel.js';
import { THREAD_STATE } from './threadState.js';
import { ENDINGS, IS_INSIDE_CONDITION_WAIT, type Attempt } from './waits.js';
import { isWebLock } from './webLockSteps.js';

/** The thread waits from now on; a request for a Web Lock does, without its thread. */
export function beginWait(model: Model, { family, state, timeoutIn }: Attempt, event: EventCursor): void {
  const { thread, t, object } = event;
  if (family === 'lock' && isWebLock(model, event)) {
    openRequest(model, thread.asked ?? requestOf(thread, object, NaN), event);
    thread.asked = null;
    return;
  }
  const timeout = timeoutIn === 'arg' ? event.arg : event.extra;
  const isOfObject = family !== 'thread' && family !== 'sleep';
  const owner = isOfObject ? model.objectOf(object).lock?.hold?.thread : undefined;
  const wait = openWait(event, family, timeout === NO_TIMEOUT ? null : timeout, family === 'lock' ? owner : undefined);
  model.enter(thread, state, t);
  thread.wait = wait;
  model.audience.attempt(wait);
}

/** A thread that writes is not where it was. A wait whose outcome this event is becomes the one that it ended. */
export function moveOn(model: Model, event: EventCursor): void {
  const { thread, op, t } = event;
  if (thread.wait !== null) {
    const { wait } = thread;
    const ending = ENDINGS[op];
    const isItsOutcome = ending !== undefined && wait.object === event.object && ending.attempts.includes(wait.op);
    if (isItsOutcome) {
      event.ended = closeWait(model, thread, t, ending.outcome(event.arg));
    } else if (wait.family !== 'condition' || IS_INSIDE_CONDITION_WAIT[op] !== true) {
      closeWait(model, thread, t, 'done');
      model.audience.wait(wait);
    }
  } else if (thread.state !== THREAD_STATE.running) {
    model.enter(thread, THREAD_STATE.running, t);
  }
  thread.loopResources = -1;
}

/** The wait of the thread, if it has one, is over. Who ended it is found out by the step of the outcome. */
export function closeWait(model: Model, thread: ThreadModel, t: Nanos, outcome: WaitOutcome): Wait | null {
  const { wait } = thread;
  if (wait === null) return null;
  thread.wait = null;
  wait.until = t > wait.since ? t : wait.since;
  wait.outcome = outcome;
  if (outcome === 'done' && wait.family !== 'sleep') thread.lastDone = wait;
  if (outcome === 'done' && wait.family !== 'thread' && wait.family !== 'sleep') {
    const object = model.objectOf(wait.object);
    object.longestWaitNs = Math.max(object.longestWaitNs, wait.until - wait.since);
  }
  model.enter(thread, THREAD_STATE.running, t, wait);
  if (outcome === 'threadEnded') model.audience.wait(wait);
  return wait;
}
