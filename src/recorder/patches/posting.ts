/** `postMessage` of every port: workers, message ports, broadcast channels and the streams of workers post with it. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { MessagePort } from 'node:worker_threads';
import { OP } from '../../trace/ops.js';
import { broadcastSignature } from '../ports/broadcastSignature.js';
import type { Channels } from '../ports/channels.js';
import type { PortState } from '../ports/portState.js';
import type { Payloads } from '../payload/payloads.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { PortMethod } from './portPrototype.js';
import { portPrototype } from './portPrototype.js';
import { replace } from './replacement.js';
import { apply } from '../raw.js';

export function patchPost(recorder: ThreadRecorder, channels: Channels, payloads: Payloads): void {
  const original = portPrototype['postMessage'] as PortMethod;
  /** Before the message can be delivered, so that a cause is never later than its effect. */
  const announce = (state: PortState, sequence: number, message: unknown): number => {
    const signature = state.isBroadcast ? (recorder.guard(() => broadcastSignature(message)) ?? 0) : 0;
    const object = recorder.guard(() => channels.objectOf(state.out)) ?? 0;
    recorder.record(OP['port.post'], object, sequence, signature, postMessage);
    return object;
  };
  const { postMessage } = {
    postMessage(this: MessagePort, ...args: unknown[]): unknown {
      const message = args[0];
      const known = channels.stateOf(this);
      const state = known ?? recorder.guard(() => channels.streams.stateOf(this, message));
      // What carries the bytes of a stream is Node's own.
      const outgoing =
        state === known
          ? recorder.guard(() => payloads.outgoing(state?.out, state?.posted ?? 0, message, args[1]))
          : undefined;
      const sequence = state ? state.posted++ : 0;
      const object = state && recorder.isOpen ? announce(state, sequence, message) : 0;
      try {
        const result = apply(original, this, args);
        if (outgoing) recorder.guard(() => outgoing.leaving.forEach(({ state: left }) => (left.isHandedOn = true)));
        if (state?.isBroadcast === true && !recorder.isOpen) {
          recorder.guard(() => channels.earlyBroadcasts.posted(state));
        }
        return result;
      } catch (error) {
        if (outgoing) payloads.takeBack(outgoing);
        if (state) state.posted--;
        if (object !== 0) recorder.recordAt(OP['port.unpost'], object, 0, sequence);
        throw error;
      }
    },
  };
  replace(portPrototype, 'postMessage', postMessage);
}
