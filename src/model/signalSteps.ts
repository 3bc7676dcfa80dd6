/** Events, conditions, semaphores, barriers: somebody provides, and those who wait go on. */
import type { OpName } from '../trace/ops.js';
import type { Transfer } from './intervals.js';
import type { Model } from './model.js';
import { noteUse, type ObjectModel } from './objectModel.js';
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

/** As many as are known to be there: before its first event, what it was made with. */
function addPermits({ permits, record }: ObjectModel, n: number): number | null {
  const before = permits ?? record?.capacity ?? null;
  return before === null ? null : Math.max(0, before + n);
}

function acquirePermit(model: Model, event: EventCursor): void {
  const semaphore = model.objectOf(event.object);
  semaphore.permits = addPermits(semaphore, -1);
  notified(model, event);
}

function releasePermits(model: Model, event: EventCursor): void {
  provide(model, event);
  const semaphore = model.objectOf(event.object);
  semaphore.permits = addPermits(semaphore, Number.isNaN(event.arg) ? 1 : event.arg);
}

/** Whoever comes to a barrier does what the others wait for; the last one ends their waits. */
function passBarrier(model: Model, event: EventCursor): void {
  if (event.ended === null) provide(model, event);
  else {
    notified(model, event);
    noteUse(model.objectOf(event.object).provides, event.thread.id, event.ended.since, event.stack);
  }
}

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
  'condition.notify': (model, event) => {
    provide(model, event);
    if (event.arg > 0) model.objectOf(event.object).pendingWakes += event.arg;
  },
  'condition.woken': (model, event) => {
    const condition = model.objectOf(event.object);
    condition.pendingWakes = Math.max(0, condition.pendingWakes - 1);
    notified(model, event);
  },
  'semaphore.release': releasePermits,
  'semaphore.acquired': acquirePermit,
  'barrier.passed': passBarrier,
  'barrier.abort': provide,
  'barrier.reset': provide,
  // It breaks the barrier for all who wait.
  'barrier.timeout': provide,
};
