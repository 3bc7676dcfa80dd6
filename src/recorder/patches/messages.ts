/** Messages: what is posted, when it is delivered, when its listeners have returned, and who listens at all. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { MessageChannel, MessagePort } from 'node:worker_threads';
import { OP } from '../../trace/ops.js';
import type { Channels, PortState } from '../channels.js';
import { threads } from '../raw.js';
import type { Payloads } from '../payloads.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { replace } from './replacement.js';

type Method = (this: MessagePort, ...args: unknown[]) => unknown;
type PortPrototype = Record<string | symbol, Method>;

/** Node's own name for the one method that every form of listener is called through (20 to 26). */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');

export function patchMessages(recorder: ThreadRecorder, channels: Channels, payloads: Payloads): void {
  patchPost(recorder, channels, payloads);
  patchDelivery(recorder, channels);
  patchSynchronousReceive(recorder, channels);
  patchListening(recorder, channels);
  patchMessageChannel(recorder, channels);
}

const portPrototype = threads.MessagePort.prototype as unknown as PortPrototype;

function patchPost(recorder: ThreadRecorder, channels: Channels, payloads: Payloads): void {
  const original = portPrototype['postMessage'] as Method;
  const { postMessage } = {
    postMessage(this: MessagePort, ...args: unknown[]): unknown {
      const state = channels.stateOf(this);
      payloads.outgoing(state?.out, state?.posted ?? 0, args[0], args[1]);
      if (state === undefined) return Reflect.apply(original, this, args);
      const sequence = state.posted++;
      if (!recorder.isOpen) return countWhenPosted(original, this, args, state);
      // Before the message can be delivered, so that a cause is never later than its effect.
      const object = recorder.guard(() => channels.objectOf(state.out)) ?? 0;
      recorder.record(OP['port.post'], object, sequence, 0, postMessage);
      try {
        return Reflect.apply(original, this, args);
      } catch (error) {
        state.posted--;
        recorder.recordAt(OP['port.unpost'], object, 0, sequence);
        throw error;
      }
    },
  };
  replace(portPrototype, 'postMessage', postMessage);
}

function countWhenPosted(original: Method, port: MessagePort, args: unknown[], state: PortState): unknown {
  try {
    return Reflect.apply(original, port, args);
  } catch (error) {
    state.posted--;
    throw error;
  }
}

/** A message reaches this thread: before its listeners run. Gives its sequence number. */
function received(recorder: ThreadRecorder, channels: Channels, state: PortState, isError: boolean): number {
  const sequence = state.received++;
  if (recorder.isOpen) {
    const object = recorder.guard(() => channels.objectOf(state.in)) ?? 0;
    recorder.recordAt(isError ? OP['port.error'] : OP['port.receive'], object, 0, sequence);
  }
  return sequence;
}

/** The listeners of a message have returned. */
function handled(recorder: ThreadRecorder, state: PortState, sequence: number): void {
  if (recorder.isOpen) recorder.recordAt(OP['port.handled'], state.in.id, 0, sequence);
}

function patchDelivery(recorder: ThreadRecorder, channels: Channels): void {
  const inherited = portPrototype[DISPATCH];
  if (typeof inherited !== 'function') return wrapListeners(recorder, channels);
  // One frame in the stacks of errors that the program's listeners throw, and no more.
  const dispatch = function (this: MessagePort, ...args: unknown[]): unknown {
    const [, type] = args;
    const state = type === 'message' || type === 'messageerror' ? channels.stateOf(this) : undefined;
    if (state === undefined) return Reflect.apply(inherited, this, args);
    const sequence = received(recorder, channels, state, type === 'messageerror');
    try {
      return Reflect.apply(inherited, this, args);
    } finally {
      handled(recorder, state, sequence);
    }
  };
  Object.defineProperty(dispatch, 'name', { value: inherited.name, configurable: true });
  Object.defineProperty(portPrototype, DISPATCH, {
    value: dispatch,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

/**
 * Without Node's own hook: the first listener of each message event counts it. Listeners that are added by
 * `addEventListener` and `on` are seen, `onmessage` too where it is an accessor that calls one of them.
 */
function wrapListeners(recorder: ThreadRecorder, channels: Channels): void {
  const seen = new WeakSet<object>();
  const wrappers = new WeakMap<object, Method>();
  const wrap = (listener: Method): Method => {
    const known = wrappers.get(listener);
    if (known) return known;
    const wrapper: Method = function (this: MessagePort, ...args) {
      const [event] = args;
      const state = channels.stateOf(this);
      const isFirst = typeof event !== 'object' || event === null || !seen.has(event);
      if (typeof event === 'object' && event !== null) seen.add(event);
      const sequence = state && isFirst ? received(recorder, channels, state, false) : -1;
      try {
        return Reflect.apply(listener, this, args);
      } finally {
        if (state && sequence >= 0) handled(recorder, state, sequence);
      }
    };
    wrappers.set(listener, wrapper);
    return wrapper;
  };
  for (const [name, isAdding] of [
    ['addEventListener', true],
    ['on', true],
    ['addListener', true],
    ['once', true],
    ['removeEventListener', false],
    ['off', false],
    ['removeListener', false],
  ] as const) {
    const original = portPrototype[name];
    if (typeof original !== 'function') continue;
    const method: Method = function (this: MessagePort, ...args) {
      const [type, listener] = args;
      if (type === 'message' && typeof listener === 'function') {
        args[1] = isAdding ? wrap(listener as Method) : (wrappers.get(listener) ?? listener);
      }
      return Reflect.apply(original, this, args);
    };
    replace(portPrototype, name, method);
  }
}

function patchSynchronousReceive(recorder: ThreadRecorder, channels: Channels): void {
  const original = threads.receiveMessageOnPort as (...args: unknown[]) => unknown;
  const { receiveMessageOnPort } = {
    receiveMessageOnPort(...args: unknown[]): unknown {
      const result = original(...args);
      const state = result === undefined ? undefined : channels.stateOf(args[0] as MessagePort);
      if (state) handled(recorder, state, received(recorder, channels, state, false));
      return result;
    },
  };
  replace(threads, 'receiveMessageOnPort', receiveMessageOnPort as typeof threads.receiveMessageOnPort);
}

/** Node refs a port when it gets its first message listener, and unrefs it when it loses the last. */
function patchListening(recorder: ThreadRecorder, channels: Channels): void {
  const { ref: originalRef, unref: originalUnref } = portPrototype as { ref: Method; unref: Method };
  const { ref, unref } = {
    ref(this: MessagePort): unknown {
      const result = Reflect.apply(originalRef, this, []);
      const state = channels.stateOf(this);
      if (state && !state.isListening) {
        state.isListening = true;
        if (recorder.isOpen) {
          const object = recorder.guard(() => channels.objectOf(state.in)) ?? 0;
          recorder.record(OP['port.listen'], object, NaN, 0, ref);
        }
      }
      return result;
    },
    unref(this: MessagePort): unknown {
      const result = Reflect.apply(originalUnref, this, []);
      const state = channels.stateOf(this);
      if (state?.isListening && this.listenerCount('message') === 0) {
        state.isListening = false;
        if (recorder.isOpen) {
          recorder.recordAt(OP['port.unlisten'], recorder.guard(() => channels.objectOf(state.in)) ?? 0, 0);
        }
      }
      return result;
    },
  };
  replace(portPrototype, 'ref', ref);
  replace(portPrototype, 'unref', unref);
}

function patchMessageChannel(recorder: ThreadRecorder, channels: Channels): void {
  const Original = threads.MessageChannel;
  const Patched = new Proxy(Original, {
    construct(target, args, newTarget) {
      const channel = Reflect.construct(target, args, newTarget) as MessageChannel;
      recorder.guard(() => {
        const stack = recorder.isOpen ? recorder.captureStack(Patched as never) : 0;
        channels.bindPair(channel.port1, channel.port2, stack);
      });
      return channel;
    },
  });
  threads.MessageChannel = Patched;
  if (globalThis.MessageChannel === (Original as unknown)) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'MessageChannel');
    Object.defineProperty(globalThis, 'MessageChannel', {
      configurable: true,
      writable: true,
      enumerable: descriptor?.enumerable ?? false,
      value: Patched,
    });
  }
  Object.defineProperty(Original.prototype, 'constructor', { value: Patched });
}
