import type { OpName } from '../trace/ops.js';
import type { Model } from './model.js';
import { noteUse, type ObjectModel, type QueueState } from './objectModel.js';
import type { EventCursor, Step } from './step.js';

/** A get whose put is not read yet is remembered, so that the item does not stay in the queue for ever. */
const MAX_EARLY = 1000;

export function queueOf(object: ObjectModel): QueueState {
  return (object.queue ??= {
    items: new Map(),
    nextItem: 0,
    early: new Set(),
    puts: new Map(),
    gets: new Map(),
    isClosed: false,
  });
}

function putDone(model: Model, event: EventCursor): void {
  const { thread, t, stack, arg } = event;
  const queue = queueOf(model.objectOf(event.object));
  noteUse(queue.puts, event);
  const item = Number.isNaN(arg) ? queue.nextItem : arg;
  queue.nextItem = Math.max(queue.nextItem, item + 1);
  if (!queue.early.delete(item)) queue.items.set(item, { thread: thread.id, stack, t });
  model.audience.queue('put', event, queue.items.size);
}

function getDone(model: Model, event: EventCursor): void {
  const { arg, ended } = event;
  const queue = queueOf(model.objectOf(event.object));
  noteUse(queue.gets, event);
  const item = Number.isNaN(arg) ? firstOf(queue) : arg;
  const parcel = queue.items.get(item);
  if (parcel === undefined) {
    if (item >= queue.nextItem && queue.nextItem > 0 && queue.early.size < MAX_EARLY) {
      queue.early.add(item);
      model.inversions += 1;
    }
    return model.audience.queue('got', event, queue.items.size);
  }
  queue.items.delete(item);
  model.audience.queue('got', event, queue.items.size);
  if (ended !== null) {
    ended.endedByThread = parcel.thread;
    ended.endedByStack = parcel.stack;
  }
  model.transfer('item', event.object, parcel.thread, parcel.t, parcel.stack, event);
}

function firstOf({ items }: QueueState): number {
  for (const item of items.keys()) return item;
  return -1;
}

export const queueSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'queue.put': (model, event) => noteUse(queueOf(model.objectOf(event.object)).puts, event, 0),
  'queue.get': (model, event) => noteUse(queueOf(model.objectOf(event.object)).gets, event, 0),
  'queue.putDone': putDone,
  'queue.getDone': getDone,
  'queue.taskDone': (model, event) => {
    const object = model.objectOf(event.object);
    noteUse(object.provides, event);
    model.audience.queue('taskDone', event, queueOf(object).items.size);
  },
  'queue.close': (model, { object }) => {
    queueOf(model.objectOf(object)).isClosed = true;
  },
};
