/**
 * `BroadcastChannel`. Each instance has a port of Node's own inside, on which everything is posted and received; it takes
 * messages from the start, with or without listeners of the program. A message goes to all other instances of the name,
 * in an order that only holds for each sender, and does not tell its sender: the reader of the trace matches them.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { MessagePort } from 'node:worker_threads';
import { LIBRARY_CHANNEL } from '../../probe/probe.js';
import type { Channels } from '../ports/channels.js';
import type { Direction, PortState } from '../ports/portState.js';
import { earlyFrames } from '../ports/earlyFrames.js';
import type { ListenLog } from '../ports/listenLog.js';
import { apply, threads } from '../raw.js';
import { ownVisibleId } from '../threadIds.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { internalOf } from '../ports/workerStreams.js';
import { patchConstructor } from './constructors.js';
import type { PortMethod } from './portPrototype.js';
import { replace } from './replacement.js';

type Skip = (...args: never[]) => unknown;

export function patchBroadcastChannel(recorder: ThreadRecorder, channels: Channels, listens: ListenLog): void {
  recorder.onOpen(() => channels.earlyBroadcasts.clear());
  patchConstructor('BroadcastChannel', (made, skip, since) => {
    recorder.guard(() => bind(recorder, channels, listens, made, skip, since));
  });
  patchListeners(recorder, channels, listens);
}

function bind(
  recorder: ThreadRecorder,
  channels: Channels,
  listens: ListenLog,
  channel: object,
  skip: Skip,
  since: number,
): void {
  const port = internalOf(channel, 'kHandle');
  const name = internalOf(channel, 'kName');
  if (typeof port !== 'object' || port === null || typeof name !== 'string' || name === LIBRARY_CHANNEL) return;
  const own = ownVisibleId();
  const made = recorder.isOpen ? { stack: recorder.captureStack(skip) } : { stack: 0, early: earlyFrames(skip) };
  const out: Direction = { id: 0, ...made, name, from: own, to: undefined };
  const into: Direction = { id: 0, ...made, name, from: undefined, to: own };
  const state: PortState = channels.bind(port as MessagePort, out, into);
  state.isBroadcast = true;
  state.isListening = true;
  channels.alias(channel, state);
  if (!recorder.isOpen) channels.earlyBroadcasts.add(state);
  listens.beginForGood(state, skip, since);
}

/**
 * The program's own listeners: Node calls these two methods of each event target when they come and go. They are replaced
 * where they are, for all event targets, so that channels look as they do.
 */
function patchListeners(recorder: ThreadRecorder, channels: Channels, listens: ListenLog): void {
  const methods: readonly [name: string, boundary: number, told: (state: PortState, skip: Skip) => void][] = [
    ['kNewListener', 1, (state, skip) => listens.begin(state, skip)],
    ['kRemoveListener', 0, (state) => listens.end(state)],
  ];
  const prototype = EventTarget.prototype as unknown as Record<symbol, PortMethod>;
  const symbols = Object.getOwnPropertySymbols(prototype);
  for (const [name, boundary, told] of methods) {
    const key = symbols.find((symbol) => symbol.description === name);
    const original = key && prototype[key];
    if (!key || typeof original !== 'function') continue;
    const { method } = {
      method(this: MessagePort, ...args: unknown[]): unknown {
        if (args[1] === 'message' && args[0] === boundary) {
          recorder.guard(() => {
            const state = channels.stateOf(this);
            // Not the port inside the channel, which Node itself listens to.
            if (state?.isBroadcast === true && !(this instanceof threads.MessagePort)) told(state, method);
          });
        }
        return apply(original, this, args);
      },
    };
    replace(prototype, key, method);
  }
}
