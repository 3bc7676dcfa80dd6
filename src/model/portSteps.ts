import { nanos } from '../base/brand.js';
import type { OpName } from '../trace/ops.js';
import type { ObjectRecord } from '../trace/records.js';
import { broadcastSide } from './broadcasts.js';
import type { Model } from './model.js';
import { MAX_UNDELIVERED, type ObjectModel, type Parcel, type PortState } from './objectModel.js';
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
    passedBy: isNotice(object.record) ? 1 : 0,
    isClosed: false,
  });
}

/** Broadcasts, and what is printed in a worker: nobody waits for an answer. */
const isNotice = (record: ObjectRecord | null): boolean =>
  broadcastSide(record) !== null || / (stdin|stdout|stderr)$/.test(record?.name ?? '');

const portAt = (model: Model, id: number): PortState => portOf(model.objectOf(id));

function addUndelivered({ undelivered }: PortState, number: number, parcel: Parcel): void {
  if (undelivered.size < MAX_UNDELIVERED) undelivered.set(number, parcel);
}

function post(model: Model, event: EventCursor): void {
  const { object: id, thread, t, stack, arg, extra, sampled } = event;
  const object = model.objectOf(id);
  const port = portOf(object);
  port.posted += 1;
  const parcel = { thread: thread.id, stack, t, sampled };
  if (broadcastSide(object.record) !== 'sender') return addUndelivered(port, arg, parcel);
  const sent = { ...parcel, sequence: arg, signature: extra };
  const hasEnded = (one: number): boolean => model.threads.get(one)?.isEnded === true;
  for (const receiver of model.broadcasts.post(nameOf(object), id, sent, hasEnded)) {
    const port = portAt(model, receiver);
    addUndelivered(port, port.posted++, parcel);
  }
}

function unpost(model: Model, { object: id, arg }: EventCursor): void {
  const object = model.objectOf(id);
  const port = portOf(object);
  port.posted -= 1;
  port.undelivered.delete(arg);
  if (broadcastSide(object.record) !== 'sender') return;
  for (const receiver of model.broadcasts.takeBack(nameOf(object), id, arg)) {
    const port = portAt(model, receiver);
    port.undelivered.delete(--port.posted);
  }
}

function receive(model: Model, event: EventCursor): void {
  const object = model.objectOf(event.object);
  const port = portOf(object);
  port.received += 1;
  port.to = event.thread.id;
  if (broadcastSide(object.record) === 'receiver') return receiveBroadcast(model, event, object, port);
  const parcel = port.undelivered.get(event.arg);
  if (parcel === undefined) return;
  port.undelivered.delete(event.arg);
  const { lastDone } = event.thread;
  if (lastDone !== null && parcel.t >= lastDone.since && parcel.t < lastDone.until) port.passedBy += 1;
  model.transfer('message', event.object, parcel.thread, parcel.t, parcel.stack, event);
}

/** Which of those that are underway it was is not known: one less. */
function receiveBroadcast(model: Model, event: EventCursor, object: ObjectModel, { undelivered }: PortState): void {
  const [oldest] = undelivered.keys();
  if (oldest !== undefined) undelivered.delete(oldest);
  const match = model.broadcasts.receive(nameOf(object), object.id, event.extra, event.t);
  if (match !== null) model.transfer('message', match.sender, match.sent.thread, match.sent.t, match.sent.stack, event);
}

function listen(model: Model, { object: id, thread, t, stack, arg, extra }: EventCursor): void {
  const object = model.objectOf(id);
  const port = portOf(object);
  port.listener = { thread: thread.id, stack, t };
  port.isListened = true;
  port.to = thread.id;
  if (broadcastSide(object.record) !== 'receiver') return;
  // Its constructor began `extra` microseconds before.
  const opened = { thread: thread.id, own: arg, madeAt: nanos(t - extra * 1000) };
  model.broadcasts.open(nameOf(object), id, opened, (one) => model.threads.get(one)?.lastTime ?? t);
}

/** The record is told before: it knows who has the port now, or that it is still on its way. */
function transfer(model: Model, { object: id }: EventCursor): void {
  const object = model.objectOf(id);
  const port = portOf(object);
  port.to = object.record?.to ?? -1;
  port.listener = null;
  port.isListened = false;
}

function close(model: Model, { object: id }: EventCursor): void {
  const object = model.objectOf(id);
  portOf(object).isClosed = true;
  if (broadcastSide(object.record) === 'receiver') model.broadcasts.close(nameOf(object), id);
}

const nameOf = ({ record }: ObjectModel): string => record?.name ?? '';

export const portSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'port.post': post,
  'port.unpost': unpost,
  'port.receive': receive,
  'port.error': receive,
  'port.handled': (model, { thread, t }) => model.enter(thread, THREAD_STATE.loop, t),
  'port.listen': listen,
  'port.unlisten': (model, { object }) => {
    portAt(model, object).isListened = false;
  },
  'port.transfer': transfer,
  'port.close': close,
};
