/**
 * Waits that leave their thread in its event loop: `Atomics.waitAsync` of the program, and the asynchronous twins of the
 * library's operations. The thread goes on meanwhile, so none of them is the thread's wait.
 */
import { ASYNC_ATTEMPTS, NO_TIMEOUT, OP, opSpec, type AsyncAttemptName, type OpName } from '../trace/ops.js';
import type { Wait } from './intervals.js';
import type { Model } from './model.js';
import { openWait } from './openWait.js';
import { queueSteps } from './queueSteps.js';
import type { EventCursor, Step } from './step.js';
import type { ThreadModel } from './threadModel.js';
import { ENDINGS } from './waits.js';

const WORD_WAIT = OP['word.waitAsync'];
const JOIN = OP['thread.join'];

/** Threads and objects have numbers of their own. */
export const asyncKey = (op: number, object: number): number => (op === JOIN ? -1 - object : object);

/** It is pending from now on. */
export function beginAsyncWait(model: Model, op: number, event: EventCursor): void {
  const { thread, object, extra } = event;
  const family = opSpec(op)?.family ?? 'async';
  const owner = family === 'lock' ? model.objectOf(object).lock?.hold?.thread : undefined;
  const timeout = extra === NO_TIMEOUT ? null : extra;
  const wait: Wait = { ...openWait(event, family, timeout, owner), op, isAsync: true };
  const key = asyncKey(op, object);
  const waits = thread.asyncWaits.get(key);
  if (waits === undefined) thread.asyncWaits.set(key, [wait]);
  else waits.push(wait);
  model.audience.attempt(wait);
}

/** The oldest that can be meant is pending no more. */
export function takeAsyncWait(
  { asyncWaits }: ThreadModel,
  op: number,
  object: number,
  isMeant: (wait: Wait) => boolean,
): Wait | null {
  const key = asyncKey(op, object);
  const waits = asyncWaits.get(key);
  const index = waits?.findIndex((wait) => wait.op === op && isMeant(wait)) ?? -1;
  if (waits === undefined || index < 0) return null;
  const [wait = null] = waits.splice(index, 1);
  if (waits.length === 0) asyncWaits.delete(key);
  return wait;
}

/** One of them is over; its outcome is what the thread writes next. */
function endAsyncWait(_: Model, op: number, place: number, { thread, object }: EventCursor): void {
  let older = Number.isNaN(place) ? 0 : place;
  thread.endingAsync = takeAsyncWait(thread, op, object, () => older-- === 0);
}

/** The event after the end of an asynchronous wait: the wait becomes the one that it ended, if it is its outcome. */
export function finishAsyncWait(model: Model, event: EventCursor): void {
  const wait = event.thread.endingAsync;
  if (wait === null) return;
  event.thread.endingAsync = null;
  const ending = ENDINGS[event.op];
  const isItsOutcome = ending !== undefined && wait.object === event.object && ending.attempts.includes(wait.op);
  close(wait, event.t, isItsOutcome ? ending.outcome(event.arg) : 'done');
  if (wait.outcome === 'done' && wait.family !== 'thread') {
    const object = model.objectOf(wait.object);
    object.longestWaitNs = Math.max(object.longestWaitNs, wait.until - wait.since);
  }
  if (!isItsOutcome) return model.audience.wait(wait);
  // The loop called the library: the place is where the wait was begun.
  event.stack = wait.stack;
  event.sampled = false;
  event.ended = wait;
}

export function closeAsyncWait(model: Model, wait: Wait, t: EventCursor['t'], outcome: Wait['outcome']): void {
  close(wait, t, outcome);
  model.audience.wait(wait);
}

function close(wait: Wait, t: EventCursor['t'], outcome: Wait['outcome']): void {
  wait.until = t > wait.since ? t : wait.since;
  wait.outcome = outcome;
}

/** The thread has ended, or nothing is known of it. */
export function dropAsyncWaits(model: Model, thread: ThreadModel, t: EventCursor['t'], outcome: Wait['outcome']): void {
  for (const waits of thread.asyncWaits.values()) for (const wait of waits) closeAsyncWait(model, wait, t, outcome);
  if (thread.endingAsync !== null) closeAsyncWait(model, thread.endingAsync, t, 'done');
  thread.asyncWaits.clear();
  thread.endingAsync = null;
}

/**
 * How many more resources can wake the loop than those that were counted. The timeout of a `waitAsync` is none of Node's,
 * but it wakes the loop all the same; what keeps the process alive while the library waits without end does not.
 */
export function uncountedWakes({ asyncWaits }: ThreadModel): number {
  let hasTimed = false;
  let isKept = false;
  for (const waits of asyncWaits.values()) {
    for (const { op, timeoutMs } of waits) {
      if (op === WORD_WAIT) hasTimed ||= timeoutMs !== null;
      else isKept ||= timeoutMs === null;
    }
  }
  return (hasTimed ? 1 : 0) - (isKept ? 1 : 0);
}

const attemptOf = (arg: number): AsyncAttemptName | undefined => ASYNC_ATTEMPTS[arg];

export const asyncSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'async.wait': (model, event) => {
    const name = attemptOf(event.arg);
    if (name === undefined) return;
    // Who tries to put or get is one of those who do.
    queueSteps[name]?.(model, event);
    beginAsyncWait(model, OP[name], event);
  },
  'async.end': (model, event) => {
    const name = attemptOf(event.arg);
    if (name !== undefined) endAsyncWait(model, OP[name], event.extra, event);
  },
  'thread.joinAsync': (model, event) => beginAsyncWait(model, JOIN, event),
  'thread.joinAsyncEnd': (model, event) => endAsyncWait(model, JOIN, event.arg, event),
};
