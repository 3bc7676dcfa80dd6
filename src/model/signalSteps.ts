/** Events, conditions, semaphores, barriers: somebody provides, and those who wait go on. */
import type { OpName } from '../trace/ops.js';
import type { Transfer } from './intervals.js';
import type { Model } from './model.js';
import { noteUse, type ObjectModel, type Use } from './objectModel.js';
import type { EventCursor, Step } from './step.js';

export function provide(model: Model, event: EventCursor, count = 1): void {
  const { thread, t, stack } = event;
  const object = model.objectOf(event.object);
  noteUse(object.provides, event, count);
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

/** It was set before anybody had to wait: whoever passes is still after the one who set it. */
function passEvent(model: Model, event: EventCursor): void {
  if (event.ended !== null) return set(model, event);
  const { isSet, lastProvide } = model.objectOf(event.object);
  if (isSet !== true || lastProvide === null) return;
  model.transfer('set', event.object, lastProvide.thread, lastProvide.t, lastProvide.stack, event);
}

export const notified = wokenAs('notify');
/** What a lock says of its former owner orders nothing. */
export const handedOver = wokenAs('handOver');

/** As many as are known to be there: before its first event, what it was made with. */
function addPermits({ permits, record }: ObjectModel, n: number): number | null {
  const before = permits ?? record?.capacity ?? null;
  return before === null ? null : Math.max(0, before + n);
}

function acquirePermit(model: Model, event: EventCursor): void {
  const semaphore = model.objectOf(event.object);
  semaphore.permits = addPermits(semaphore, -1);
  noteUse((semaphore.takes ??= new Map<number, Use>()), event);
  notified(model, event);
}

function releasePermits(model: Model, event: EventCursor): void {
  const n = Number.isNaN(event.arg) ? 1 : event.arg;
  provide(model, event, n);
  const semaphore = model.objectOf(event.object);
  semaphore.permits = addPermits(semaphore, n);
}

/** Whoever comes to a barrier does what the others wait for; the last one ends their waits. */
function passBarrier(model: Model, event: EventCursor): void {
  if (event.ended === null) provide(model, event);
  else {
    notified(model, event);
    noteUse(model.objectOf(event.object).provides, { ...event, t: event.ended.since });
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
  'event.woken': passEvent,
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
