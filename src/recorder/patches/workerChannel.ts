/** The parent's end of a worker's channel, which the program has by the worker itself. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { MessagePort, Worker } from 'node:worker_threads';
import { OP } from '../../trace/ops.js';
import type { Channels } from '../ports/channels.js';
import { apply, threads } from '../raw.js';
import { ownVisibleId } from '../threadIds.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { Birth } from '../workers/workerBirth.js';
import { replace } from './replacement.js';

type Inside = Readonly<Record<symbol, MessagePort | null>>;

/** Node's own name for it, the same symbol in all workers; known once one was made. */
let publicPort: symbol | undefined;

/** Node takes every message from the port, with or without listeners. */
export function bindWorker(channels: Channels, worker: Worker, birth: Birth): void {
  publicPort ??= Object.getOwnPropertySymbols(worker).find((symbol) => symbol.description === 'kPublicPort');
  const port = publicPort && (worker as unknown as Inside)[publicPort];
  if (port) channels.alias(worker, channels.bind(port, birth.toChild, birth.toParent));
  if (birth.child) channels.streams.bindWorker(worker, birth.streams, ownVisibleId(), birth.child.id);
}

/** Node drops what is posted to a worker that has ended: it never reaches the port. */
export function patchWorkerPost(recorder: ThreadRecorder, channels: Channels): void {
  const original = threads.Worker.prototype.postMessage as (this: Worker, ...args: unknown[]) => void;
  const { postMessage } = {
    postMessage(this: Worker, ...args: unknown[]): void {
      if (recorder.isOpen && publicPort && (this as unknown as Inside)[publicPort] === null) {
        recorder.guard(() => {
          const state = channels.stateOf(this);
          if (state) recorder.record(OP['port.post'], channels.objectOf(state.out), state.posted++, 0, postMessage);
        });
      }
      apply(original, this, args);
    },
  };
  replace(threads.Worker.prototype, 'postMessage', postMessage);
}
