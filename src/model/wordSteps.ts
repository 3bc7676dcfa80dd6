/** Words of shared memory: a notify ends waits, in a thread that sleeps or in one that goes on with its loop meanwhile. */
import { NO_TIMEOUT, type OpName } from '../trace/ops.js';
import type { Model } from './model.js';
import { notified, provide } from './signalSteps.js';
import type { EventCursor, Step } from './step.js';
import type { AsyncWait, ThreadModel } from './threadModel.js';

function waitAsync(_model: Model, { thread, object, stack, t, arg, extra }: EventCursor): void {
  const wait = { stack, since: t, expected: arg, timeoutMs: extra === NO_TIMEOUT ? null : extra };
  const waits = thread.asyncWaits.get(object);
  if (waits === undefined) thread.asyncWaits.set(object, [wait]);
  else waits.push(wait);
}

/** The oldest that can have ended so: those of one word are woken in the order in which they began. */
function takeAsyncWait({ thread, object }: EventCursor, isTimeout: boolean): AsyncWait | null {
  const waits = thread.asyncWaits.get(object);
  const index = waits?.findIndex(({ timeoutMs }) => !isTimeout || timeoutMs !== null) ?? -1;
  if (waits === undefined || index < 0) return null;
  const [wait = null] = waits.splice(index, 1);
  if (waits.length === 0) thread.asyncWaits.delete(object);
  return wait;
}

function woken(model: Model, event: EventCursor): void {
  const word = model.objectOf(event.object);
  word.pendingWakes = Math.max(0, word.pendingWakes - 1);
  if (event.ended !== null) return notified(model, event);
  const wait = takeAsyncWait(event, false);
  const { lastProvide } = word;
  if (wait === null || lastProvide === null || lastProvide.t < wait.since) return;
  model.transfer('notify', event.object, lastProvide.thread, lastProvide.t, lastProvide.stack, event);
}

/** Its loop goes on by itself: nobody has to notify. */
export function hasTimedAsyncWait({ asyncWaits }: ThreadModel): boolean {
  for (const waits of asyncWaits.values()) if (waits.some(({ timeoutMs }) => timeoutMs !== null)) return true;
  return false;
}

export const wordSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'word.waitAsync': waitAsync,
  'word.woken': woken,
  'word.timeout': (_model, event) => {
    if (event.ended === null) takeAsyncWait(event, true);
  },
  'word.notify': (model, event) => {
    provide(model, event);
    if (event.arg > 0) model.objectOf(event.object).pendingWakes += event.arg;
  },
  'word.write': (model, { object: id, thread, stack, t }) => {
    const object = model.objectOf(id);
    // Millions of them: the same object is filled again.
    const write = (object.lastWrite ??= { thread: -1, stack: -1, t });
    write.thread = thread.id;
    write.stack = stack;
    write.t = t;
  },
};
