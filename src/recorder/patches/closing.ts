/**
 * Ports that close. A direction is over when its receiver takes nothing any more: at the port that is closed this is at
 * once, while what it has sent is still taken on the other side, before that side closes too.
 */
import type { MessagePort } from 'node:worker_threads';
import { OP } from '../../trace/ops.js';
import type { Channels } from '../ports/channels.js';
import type { Direction } from '../ports/portState.js';
import type { ListenLog } from '../ports/listenLog.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { PortMethod } from './portPrototype.js';
import { portPrototype } from './portPrototype.js';
import { replace } from './replacement.js';
import { apply } from '../raw.js';

export function patchClose(recorder: ThreadRecorder, channels: Channels, listens: ListenLog): void {
  const original = portPrototype['close'] as PortMethod;
  // A plain function, as Node's.
  const close = function (this: MessagePort, ...args: unknown[]): unknown {
    const result = apply(original, this, args);
    recorder.guard(() => {
      const state = channels.stateOf(this);
      if (!state) return;
      end(recorder, channels, state.in, close);
      listens.forget(state);
      channels.earlyBroadcasts.remove(state);
    });
    return result;
  };
  replace(portPrototype, 'close', close);
}

/** Node's own event: programs cannot make one of its class. */
export function isCloseEvent(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const made: unknown = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(event) ?? {}, 'constructor')?.value;
  return typeof made === 'function' && made.name === 'MessagePortCloseEvent';
}

/** A port is closed for good, by itself, by the other side, or because the other side's thread has ended. */
export function closed(recorder: ThreadRecorder, channels: Channels, port: MessagePort): void {
  const state = channels.stateOf(port);
  // The object of a port that was handed on closes too.
  if (state === undefined || state.isHandedOn) return;
  // It closed itself before: then the other side may still be taking what was sent.
  const isClosedHere = state.in.isClosed === true;
  end(recorder, channels, state.in, null);
  if (!isClosedHere) end(recorder, channels, state.out, null);
}

function end(
  recorder: ThreadRecorder,
  channels: Channels,
  direction: Direction,
  skip: ((...args: never[]) => unknown) | null,
): void {
  if (direction.isClosed === true) return;
  direction.isClosed = true;
  // Nothing was ever said of it.
  if (!recorder.isOpen || direction.id === 0) return;
  const object = channels.objectOf(direction);
  if (skip) recorder.record(OP['port.close'], object, NaN, 0, skip);
  else recorder.recordAt(OP['port.close'], object, 0);
}
