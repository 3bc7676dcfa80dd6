/**
 * Without Node's own hook: every listener is wrapped when it is added, and the first that a message reaches counts it.
 * All forms of listeners come through `addEventListener`, `onmessage` and `on` too. The listeners of a message run in one
 * go, so the next microtask ends it. Here the program can see the wrappers, by `events.getEventListeners`.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Channels } from '../ports/channels.js';
import type { Receipts } from './delivery.js';
import type { PortMethod } from './portPrototype.js';
import { portPrototype } from './portPrototype.js';
import { replace } from './replacement.js';
import { apply } from '../raw.js';

type MessageType = 'message' | 'messageerror';
type Listener = PortMethod | { readonly handleEvent?: PortMethod };

/** A message between its first and its last listener. */
interface Delivery {
  readonly reached: Set<object>;
  readonly end: () => void;
}

const { queueMicrotask } = globalThis;

const isMessageType = (type: unknown): type is MessageType => type === 'message' || type === 'messageerror';
const isListener = (value: unknown): value is Listener =>
  typeof value === 'function' || (typeof value === 'object' && value !== null);

export function wrapListeners(channels: Channels, receipts: Receipts): void {
  const deliveries = new WeakMap<MessagePort, Delivery>();
  const wrappers = { message: new WeakMap<object, Listener>(), messageerror: new WeakMap<object, Listener>() };
  /** The program itself calls the listeners. */
  let own = 0;

  const reach = (port: MessagePort, wrapper: object, value: unknown, isError: boolean): void => {
    const underway = deliveries.get(port);
    if (underway && !underway.reached.has(wrapper)) {
      underway.reached.add(wrapper);
      return;
    }
    // Messages of a worker that ends come without microtasks between them.
    underway?.end();
    const message: unknown = value instanceof Event ? (value as MessageEvent).data : value;
    const state = channels.stateOf(port) ?? channels.streams.stateOf(port, message);
    if (!state) return;
    const sequence = receipts.received(state, message, isError, null);
    const delivery: Delivery = {
      reached: new Set([wrapper]),
      end: () => {
        if (deliveries.get(port) !== delivery) return;
        deliveries.delete(port);
        receipts.handled(state, sequence);
      },
    };
    deliveries.set(port, delivery);
    queueMicrotask(delivery.end);
  };

  const wrap = (listener: Listener, type: MessageType): Listener => {
    const known = wrappers[type].get(listener);
    if (known) return known;
    const call: PortMethod = function (this: MessagePort, ...args) {
      const port = typeof listener === 'function' ? this : ((args[0] as Event).target as unknown as MessagePort);
      if (own === 0) reach(port, wrapper, args[0], type === 'messageerror');
      const target = typeof listener === 'function' ? listener : listener.handleEvent;
      return target && apply(target, typeof listener === 'function' ? this : listener, args);
    };
    const wrapper: Listener = typeof listener === 'function' ? call : { handleEvent: call };
    wrappers[type].set(listener, wrapper);
    return wrapper;
  };

  const around = (name: string, change: (this: MessagePort, args: unknown[]) => (() => void) | undefined): void => {
    const original = portPrototype[name];
    if (typeof original !== 'function') return;
    const method: PortMethod = function (this: MessagePort, ...args) {
      const after = change.call(this, args);
      try {
        return apply(original, this, args);
      } finally {
        after?.();
      }
    };
    replace(portPrototype, name, method);
  };
  around('addEventListener', (args) => {
    const type = args[0];
    const listener = args[1];
    if (isMessageType(type) && isListener(listener)) args[1] = wrap(listener, type);
    return undefined;
  });
  around('removeEventListener', (args) => {
    const type = args[0];
    const listener = args[1];
    if (isMessageType(type) && isListener(listener)) args[1] = wrappers[type].get(listener) ?? listener;
    return undefined;
  });
  for (const name of ['emit', 'dispatchEvent']) {
    around(name, () => {
      own++;
      return () => own--;
    });
  }
  // From then on messages come to nobody, and numbers would be wrong: nothing is written of them.
  const isMute = function (this: MessagePort): undefined {
    const state = channels.stateOf(this);
    if (state && this.listenerCount('message') === 0) state.unrecorded = Infinity;
  };
  around('start', isMute);
  around('removeAllListeners', function () {
    return () => isMute.call(this);
  });
}
