/** Events, conditions, semaphores, barriers, tasks: somebody provides, and those who wait go on. */
import type { OpName } from '../trace/ops.js';
import type { Transfer } from './intervals.js';
import type { Model } from './model.js';
import { noteUse } from './objectModel.js';
import type { EventCursor, Step } from './step.js';

export function provide(model: Model, { object: id, thread, t, stack }: EventCursor): void {
  const object = model.objectOf(id);
  noteUse(object.provides, thread.id, t, stack);
  object.lastProvide = { thread: thread.id, stack, t };
}

function know(model: Model, { object: id, thread, t, stack }: EventCursor, isSet: boolean): void {
  const object = model.objectOf(id);
  object.isSet = isSet;
  object.isSetSince = { thread: thread.id, stack, t };
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
export const notified = wokenAs('notify');

export const signalSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'event.set': (model, event) => {
    provide(model, event);
    know(model, event, true);
  },
  'event.clear': (model, event) => know(model, event, false),
  'event.test': (model, event) => {
    if (!Number.isNaN(event.arg)) know(model, event, event.arg !== 0);
  },
  'event.woken': set,
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
