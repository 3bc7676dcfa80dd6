/** Messages that reach this thread, in every way in which a program can receive them. */
import type { MessagePort } from 'node:worker_threads';
import { OP } from '../../trace/ops.js';
import { broadcastSignature } from '../ports/broadcastSignature.js';
import type { Channels } from '../ports/channels.js';
import type { PortState } from '../ports/portState.js';
import type { Payloads } from '../payload/payloads.js';
import { apply, threads } from '../raw.js';
import { forgetCaller } from '../sites/registers.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { closed, isCloseEvent } from './closing.js';
import { wrapListeners } from './listenerWrappers.js';
import type { PortMethod } from './portPrototype.js';
import { DISPATCH, override, portPrototype } from './portPrototype.js';
import { replace } from './replacement.js';

/** What a way of receiving tells of each message. */
export interface Receipts {
  /**
   * A message has come, and no listener has run. Gives its number, or -1 when nothing is written of it.
   * @param ports those that came with it, undefined for none, null where Node does not tell
   */
  received(state: PortState, message: unknown, isError: boolean, ports: unknown): number;
  /** Its listeners have returned. */
  handled(state: PortState, sequence: number): void;
}

function receiptsOf(recorder: ThreadRecorder, channels: Channels, payloads: Payloads): Receipts {
  return {
    received(state, message, isError, ports) {
      if (state.unrecorded > 0) {
        state.unrecorded--;
        return -1;
      }
      const sequence = state.received++;
      if (!isError) payloads.incoming(state.in, sequence, message, ports);
      if (!recorder.isOpen) return -1;
      const signature = state.isBroadcast && !isError ? (recorder.guard(() => broadcastSignature(message)) ?? 0) : 0;
      const object = recorder.guard(() => channels.objectOf(state.in)) ?? 0;
      recorder.recordAt(isError ? OP['port.error'] : OP['port.receive'], object, 0, sequence, signature);
      return sequence;
    },
    handled(state, sequence) {
      if (sequence >= 0 && recorder.isOpen) recorder.recordAt(OP['port.handled'], state.in.id, 0, sequence);
    },
  };
}

/** Node keeps the ports of the message at hand here: an empty list mostly. */
const RECEIVED_PORTS = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts');

function portsOf(port: MessagePort): unknown {
  const ports = (port as unknown as Record<symbol, unknown>)[RECEIVED_PORTS];
  return Array.isArray(ports) && ports.length === 0 ? undefined : ports;
}

export function patchDelivery(recorder: ThreadRecorder, channels: Channels, payloads: Payloads): void {
  const receipts = receiptsOf(recorder, channels, payloads);
  patchSynchronousReceive(recorder, channels, receipts);
  const inherited = portPrototype[DISPATCH];
  if (typeof inherited !== 'function') return wrapListeners(channels, receipts);
  // One frame in the stacks of errors that the program's listeners throw, and no more.
  const dispatch: PortMethod = function (this: MessagePort, ...args) {
    const data = args[0];
    const type = args[1];
    const event = args[2];
    // Node hands over a message with the event left undefined; `dispatchEvent` gives one, and `emit` no third argument.
    const isMessage = args.length === 3 && event === undefined && (type === 'message' || type === 'messageerror');
    if (type === 'close' && isCloseEvent(event)) recorder.guard(() => closed(recorder, channels, this));
    const state = isMessage
      ? (channels.stateOf(this) ?? recorder.guard(() => channels.streams.stateOf(this, data)))
      : undefined;
    if (state === undefined) return apply(inherited, this, args);
    const sequence = recorder.guard(() => receipts.received(state, data, type === 'messageerror', portsOf(this))) ?? -1;
    forgetCaller();
    try {
      return apply(inherited, this, args);
    } finally {
      receipts.handled(state, sequence);
    }
  };
  override(portPrototype, DISPATCH, dispatch, inherited);
}

/** The thread goes on with what it did: there is no listener that could return. */
function patchSynchronousReceive(recorder: ThreadRecorder, channels: Channels, receipts: Receipts): void {
  const original = threads.receiveMessageOnPort as (...args: unknown[]) => { message: unknown } | undefined;
  // A plain function, because Node's is one: it has a prototype and can be called with `new`.
  const receiveMessageOnPort = function (this: unknown, ...args: unknown[]): { message: unknown } | undefined {
    const result = apply(original, undefined, args);
    const port = args[0];
    if (result !== undefined && typeof port === 'object' && port !== null) {
      recorder.guard(() => {
        const state = channels.stateOf(port);
        if (state) receipts.received(state, result.message, false, null);
      });
    }
    return result;
  };
  replace(threads, 'receiveMessageOnPort', receiveMessageOnPort as typeof threads.receiveMessageOnPort);
}
