/** What every event does to its thread, around the step of its operation. */
import { OP, OPS, type OpName } from '../trace/ops.js';
import { asyncSteps, finishAsyncWait } from './asyncWaits.js';
import { polledOn } from './inference/polling.js';
import { lockSteps } from './lockSteps.js';
import type { Model } from './model.js';
import { IS_PAST, pastSteps } from './pastSteps.js';
import { portSteps } from './portSteps.js';
import { queueSteps } from './queueSteps.js';
import { signalSteps } from './signalSteps.js';
import { taskSteps } from './taskSteps.js';
import type { EventCursor, Step } from './step.js';
import { threadSteps } from './threadSteps.js';
import { beginWait, moveOn } from './threadWait.js';
import { ATTEMPTS } from './waits.js';
import { webLockSteps } from './webLockSteps.js';
import { wordSteps } from './wordSteps.js';

const steps: Readonly<Partial<Record<OpName, Step>>> = {
  ...threadSteps,
  ...lockSteps,
  ...queueSteps,
  ...signalSteps,
  ...taskSteps,
  ...wordSteps,
  ...asyncSteps,
  ...portSteps,
  ...pastSteps,
  ...webLockSteps,
};
const STEPS: (Step | undefined)[] = [];
for (const { name, code } of OPS) STEPS[code] = steps[name as OpName];

/** What tells a thread of others; a lock does not say what its former owners did. */
const MEETINGS: ReadonlySet<OpName> = new Set([
  'thread.joined',
  'semaphore.acquired',
  'condition.woken',
  'event.woken',
  'event.test',
  'barrier.passed',
  'queue.putDone',
  'queue.getDone',
  'queue.joined',
  'queue.test',
  'port.receive',
  'word.woken',
  'word.unequal',
  'task.start',
  'task.result',
]);
const IS_MEETING: boolean[] = [];
for (const { name, code } of OPS) IS_MEETING[code] = MEETINGS.has(name as OpName);

const IS_OF_WORD: boolean[] = [];
for (const { family, code } of OPS) IS_OF_WORD[code] = family === 'word';

/** A thread that writes its own end does not go on because of it. */
const END = OP['thread.end'];

/** The thread moves on, its operation takes its effect, and what it attempts begins. */
export function takeEvent(model: Model, event: EventCursor): void {
  const { thread, op, t } = event;
  event.ended = null;
  // Said of the thread by a snapshot, not done by it then.
  if (IS_PAST[op] === true) return STEPS[op]?.(model, event);
  const isOwnEnd = op === END && event.object === thread.id;
  if (!isOwnEnd) {
    moveOn(model, event);
    finishAsyncWait(model, event);
  }
  STEPS[op]?.(model, event);
  if (thread.polling !== null || IS_OF_WORD[op] === true) {
    thread.polling = polledOn(thread.polling, event, model.inference.places);
  }
  if (IS_MEETING[op] === true) model.audience.met(thread.id);
  if (event.ended !== null) model.audience.wait(event.ended);
  const attempt = ATTEMPTS[op];
  if (attempt !== undefined) beginWait(model, attempt, event);
  thread.lastTime = t;
  thread.isTraced = true;
}
