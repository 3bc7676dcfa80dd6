/** What a parent does about the end of its workers, and sees of it. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { Worker } from 'node:worker_threads';
import { OP } from '../../trace/ops.js';
import type { OwnWeakMap } from '../ownCollections.js';
import { apply, workerPrototype } from '../raw.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { Child, Nursery } from '../workers/workerBirth.js';
import { endOfChild } from '../workers/workerBirth.js';
import { replace } from './replacement.js';
import { realIdOf } from './threadIds.js';

type Children = OwnWeakMap<Worker, Child>;

export function patchWorkerEnds(nursery: Nursery, children: Children): void {
  patchExit(nursery, children);
  patchTerminate(nursery.recorder, children);
  patchUnref(nursery.recorder, children);
}

type ExitMethod = (this: Worker, code: number, ...rest: unknown[]) => unknown;

/** Node calls this method when a worker's thread is gone, before its listeners. */
function patchExit(nursery: Nursery, children: Children): void {
  const prototype = workerPrototype as unknown as Record<string | symbol, ExitMethod>;
  const key = Object.getOwnPropertySymbols(prototype).find((symbol) => symbol.description === 'kOnExit');
  const original = key && prototype[key];
  if (!key || typeof original !== 'function') return;
  const { method } = {
    method(this: Worker, ...args: Parameters<ExitMethod>): unknown {
      const child = children.get(this);
      if (child) {
        children.delete(this);
        // Where Node itself ended the thread: `ERR_WORKER_OUT_OF_MEMORY`.
        const code = args[0];
        const cause = args[1];
        nursery.recorder.guard(() => endOfChild(nursery, child, code, typeof cause === 'string' ? cause : null));
      }
      return apply(original, this, args);
    },
  };
  replace(prototype, key, method);
}

function patchTerminate(recorder: ThreadRecorder, children: Children): void {
  const original = workerPrototype.terminate;
  const { terminate } = {
    terminate(this: Worker, ...args: unknown[]): Promise<number> {
      const child = children.get(this);
      if (child && realIdOf(this) >= 0) recorder.record(OP['thread.terminate'], child.id, NaN, 0, terminate);
      return apply(original, this, args as []);
    },
  };
  replace(workerPrototype, 'terminate', terminate);
}

function patchUnref(recorder: ThreadRecorder, children: Children): void {
  const original = workerPrototype.unref;
  const { unref } = {
    unref(this: Worker): void {
      const child = children.get(this);
      if (child && realIdOf(this) >= 0) recorder.record(OP['thread.unref'], child.id, NaN, 0, unref);
      apply(original, this, []);
    },
  };
  replace(workerPrototype, 'unref', unref);
}
