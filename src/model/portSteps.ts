import type { OpName } from '../trace/ops.js';
import type { Model } from './model.js';
import { MAX_UNDELIVERED, type ObjectModel, type PortState } from './objectModel.js';
import type { EventCursor, Step } from './step.js';
import { THREAD_STATE } from './threadState.js';

export function portOf(object: ObjectModel): PortState {
  return (object.port ??= {
    from: object.record?.from ?? -1,
    to: object.record?.to ?? -1,
    posted: 0,
    received: 0,
    undelivered: new Map(),
    listener: null,
    isListened: false,
    passedBy: 0,
    isClosed: false,
  });
}

const portAt = (model: Model, id: number): PortState => portOf(model.objectOf(id));

function post(model: Model, { object, thread, t, stack, arg }: EventCursor): void {
  const port = portAt(model, object);
  port.posted += 1;
  if (port.undelivered.size < MAX_UNDELIVERED) port.undelivered.set(arg, { thread: thread.id, stack, t });
}

function receive(model: Model, event: EventCursor): void {
  const port = portAt(model, event.object);
  port.received += 1;
  port.to = event.thread.id;
  const parcel = port.undelivered.get(event.arg);
  if (parcel === undefined) return;
  port.undelivered.delete(event.arg);
  const { lastDone } = event.thread;
  if (lastDone !== null && parcel.t >= lastDone.since && parcel.t < lastDone.until) port.passedBy += 1;
  model.transfer('message', event.object, parcel.thread, parcel.t, parcel.stack, event);
}

export const portSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'port.post': post,
  'port.unpost': (model, { object, arg }) => {
    const port = portAt(model, object);
    port.posted -= 1;
    port.undelivered.delete(arg);
  },
  'port.receive': receive,
  'port.handled': (model, { thread, t }) => model.enter(thread, THREAD_STATE.loop, t),
  'port.listen': (model, { object, thread, t, stack }) => {
    const port = portAt(model, object);
    port.listener = { thread: thread.id, stack, t };
    port.isListened = true;
    port.to = thread.id;
  },
  'port.unlisten': (model, { object }) => {
    portAt(model, object).isListened = false;
  },
  'port.transfer': (model, { object }) => {
    portAt(model, object).to = -1;
  },
  'port.close': (model, { object }) => {
    portAt(model, object).isClosed = true;
  },
};
