/**
 * Who takes messages, and since when. Node refs a port and starts it with its first message listener, in whatever form
 * that comes, and unrefs it when the last is gone: both in functions of its own that only listeners lead to.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { MessagePort } from 'node:worker_threads';
import type { Channels } from '../ports/channels.js';
import type { ListenLog } from '../ports/listenLog.js';
import { callSitesAbove } from '../sites/stackCapture.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { PortMethod } from './portPrototype.js';
import { portPrototype } from './portPrototype.js';
import { replace } from './replacement.js';
import { apply } from '../raw.js';

type Skip = (...args: never[]) => unknown;

/** The program calls `ref` and `unref` too, and the listeners stay as they are. */
function isCalledByNodes(name: string, skip: Skip): boolean {
  const caller = callSitesAbove(skip, 1)[0];
  return caller?.getFunctionName() === name && caller.getFileName()?.startsWith('node:') === true;
}

export function patchListening(recorder: ThreadRecorder, channels: Channels, listens: ListenLog): void {
  const begin = (port: MessagePort, skip: Skip): void => {
    const state = channels.stateOf(port);
    if (state === undefined || state.isListening) return;
    state.isListening = true;
    listens.begin(state, skip);
  };
  const end = (port: MessagePort): void => {
    const state = channels.stateOf(port);
    if (state?.isListening !== true) return;
    state.isListening = false;
    listens.end(state);
  };
  const originals = {
    ref: portPrototype['ref'] as PortMethod,
    unref: portPrototype['unref'] as PortMethod,
    start: portPrototype['start'] as PortMethod,
  };
  const { ref, unref, start } = {
    ref(this: MessagePort, ...args: unknown[]): unknown {
      const result = apply(originals.ref, this, args);
      recorder.guard(() => {
        if (isPending(channels, this, false) && isCalledByNodes('newListener', ref)) begin(this, ref);
      });
      return result;
    },
    unref(this: MessagePort, ...args: unknown[]): unknown {
      const result = apply(originals.unref, this, args);
      recorder.guard(() => {
        if (isPending(channels, this, true) && isCalledByNodes('removeListener', unref)) end(this);
      });
      return result;
    },
    // Messages are taken from now on, and are lost while nobody listens.
    start(this: MessagePort, ...args: unknown[]): unknown {
      const result = apply(originals.start, this, args);
      recorder.guard(() => begin(this, start));
      return result;
    },
  };
  replace(portPrototype, 'ref', ref);
  replace(portPrototype, 'unref', unref);
  replace(portPrototype, 'start', start);
}

/** Asked first: looking at the caller costs microseconds. */
const isPending = (channels: Channels, port: MessagePort, isListening: boolean): boolean =>
  channels.stateOf(port)?.isListening === isListening;
