/** `MessageChannel`: the two ports that it makes are the ends of one channel. */
import type { MessageChannel } from 'node:worker_threads';
import type { Channels } from '../ports/channels.js';
import { earlyFrames } from '../ports/earlyFrames.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { patchConstructor } from './constructors.js';

/** Channels made before the recording began whose place is kept: a process that stays unthreaded pays for no more. */
const MAX_EARLY = 64;

export function patchMessageChannel(recorder: ThreadRecorder, channels: Channels): void {
  let early = 0;
  patchConstructor('MessageChannel', (made, skip) => {
    recorder.guard(() => {
      const { port1, port2 } = made as MessageChannel;
      if (recorder.isOpen) channels.bindPair(port1, port2, recorder.captureWithinBudget(skip));
      else channels.bindPair(port1, port2, 0, early++ < MAX_EARLY ? earlyFrames(skip) : []);
    });
  });
}
