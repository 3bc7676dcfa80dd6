/** Events, words, conditions, semaphores, barriers, tasks: somebody provides, and those who wait go on. */
import type { OpName } from '../trace/ops.js';
import type { Transfer } from './intervals.js';
import type { Model } from './model.js';
import { noteUse } from './objectModel.js';
import type { EventCursor, Step } from './step.js';

function provide(model: Model, { object: id, thread, t, stack }: EventCursor): void {
  const object = model.objectOf(id);
  noteUse(object.provides, thread.id, t, stack);
  object.lastProvide = { thread: thread.id, stack, t };
}

function wokenAs(kind: Transfer['kind']): Step {
  return (model, event) => {
    const { ended, object } = event;
    const last = model.objectOf(object).lastProvide;
    if (ended === null || last === null || last.t < ended.since) return;
    ended.endedByThread = last.thread;
    ended.endedByStack = last.stack;
    model.transfer(kind, object, last.thread, last.t, last.stack, event);
  };
}

const set = wokenAs('set');
const notified = wokenAs('notify');

export const signalSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'event.set': (model, event) => {
    provide(model, event);
    model.objectOf(event.object).isSet = true;
  },
  'event.clear': (model, { object }) => {
    model.objectOf(object).isSet = false;
  },
  'event.test': (model, { object, arg }) => {
    if (!Number.isNaN(arg)) model.objectOf(object).isSet = arg !== 0;
  },
  'event.woken': set,
  'word.notify': (model, event) => {
    provide(model, event);
    if (event.arg > 0) model.objectOf(event.object).pendingWakes += event.arg;
  },
  'word.woken': (model, event) => {
    const word = model.objectOf(event.object);
    word.pendingWakes = Math.max(0, word.pendingWakes - 1);
    notified(model, event);
  },
  'condition.notify': provide,
  'condition.woken': notified,
  'semaphore.release': provide,
  'semaphore.acquired': notified,
  'barrier.abort': provide,
  'barrier.reset': provide,
  'task.done': provide,
  'task.fail': provide,
  'task.result': notified,
};
