/** Words of shared memory: a notify ends waits, in a thread that sleeps or in one that goes on with its loop meanwhile. */
import { OP, WORD_WRITE, type OpName } from '../trace/ops.js';
import { beginAsyncWait, closeAsyncWait, takeAsyncWait } from './asyncWaits.js';
import type { Wait } from './intervals.js';
import type { Model } from './model.js';
import { handedOver, notified, provide } from './signalSteps.js';
import type { EventCursor, Step } from './step.js';

const WAIT_ASYNC = OP['word.waitAsync'];

/** The oldest that can have ended so: those of one word are woken in the order in which they began. */
function endWaitAsync(model: Model, { thread, object, t }: EventCursor, isTimeout: boolean): Wait | null {
  const wait = takeAsyncWait(thread, WAIT_ASYNC, object, ({ timeoutMs }) => !isTimeout || timeoutMs !== null);
  if (wait !== null) closeAsyncWait(model, wait, t, isTimeout ? 'timeout' : 'done');
  return wait;
}

function woken(model: Model, event: EventCursor): void {
  const word = model.objectOf(event.object);
  word.pendingWakes = Math.max(0, word.pendingWakes - 1);
  if (event.ended !== null) {
    const isLock = model.inference.isUsedAsLock(event.object);
    return isLock ? handedOver(model, event) : notified(model, event);
  }
  const wait = endWaitAsync(model, event, false);
  const { lastProvide } = word;
  if (wait === null || lastProvide === null || lastProvide.t < wait.since) return;
  model.transfer('notify', event.object, lastProvide.thread, lastProvide.t, lastProvide.stack, event);
}

export const wordSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'word.wait': (model, event) => model.inference.waits(event),
  'word.waitAsync': (model, event) => {
    model.inference.waits(event);
    beginAsyncWait(model, WAIT_ASYNC, event);
  },
  'word.unequal': (model, event) => model.inference.waits(event),
  'word.woken': woken,
  'word.timeout': (model, event) => {
    if (event.ended === null) endWaitAsync(model, event, true);
  },
  'word.notify': (model, event) => {
    provide(model, event);
    model.inference.notifies(event);
    if (event.arg > 0) model.objectOf(event.object).pendingWakes += event.arg;
  },
  // A compareExchange in vain has read, too.
  'word.load': (model, event) => {
    model.inference.operated(event);
    model.audience.word('read', event, event.arg);
  },
  'word.missed': (model, event) => {
    model.inference.operated(event);
    model.audience.word('read', event, event.arg);
  },
  'word.write': (model, event) => {
    const { object: id, thread, stack, t } = event;
    model.inference.operated(event);
    model.audience.word(event.op === WORD_WRITE.store ? 'stored' : 'changed', event, event.extra);
    const object = model.objectOf(id);
    // Millions of them: the same object is filled again.
    const write = (object.lastWrite ??= { thread: -1, stack: -1, t });
    write.thread = thread.id;
    write.stack = stack;
    write.t = t;
  },
};
