/** Worker threads: each one gets a ring, the recorder, and a lane, whatever its options say. */
import { syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { showTextOf } from '../functionText.js';
import { HANDOVER_KEY } from '../workers/handover.js';
import { setEnvironmentData, threads } from '../raw.js';
import { visibleId } from '../threadIds.js';
import type { Birth, Child, Nursery } from '../workers/workerBirth.js';
import { announceBirth, failedBirth, prepareBirth } from '../workers/workerBirth.js';
import { bindWorker } from './workerChannel.js';
import { patchThreadIds } from './threadIds.js';
import { patchWorkerEnds } from './workerEnds.js';

export function patchWorker(nursery: Nursery): void {
  const { recorder } = nursery;
  const Original = threads.Worker;
  const children = new WeakMap<Worker, Child>();
  let birth: Birth | null = null;

  patchThreadIds((worker, realId) => {
    if (birth === null || realId < 0) return;
    const born = birth;
    birth = null;
    recorder.guard(() => children.set(worker, announceBirth(nursery, born, visibleId(realId))));
  });

  const handler: ProxyHandler<typeof Original> = {
    construct(target, args: unknown[], newTarget) {
      const born = recorder.guard(() => prepareBirth(nursery, args, Patched as never));
      if (!born) return Reflect.construct(target, args, newTarget) as Worker;
      const outer = birth;
      birth = born;
      let worker: Worker | undefined;
      try {
        // With the Proxy as `new.target`, V8 would call the objects `EventEmitter` in stacks.
        worker = Reflect.construct(
          target,
          [args[0], born.options],
          newTarget === Patched ? target : newTarget,
        ) as Worker;
        return worker;
      } finally {
        birth = outer;
        setEnvironmentData(HANDOVER_KEY, undefined);
        const made = worker;
        recorder.guard(() => {
          if (made) bindWorker(nursery.channels, made, born);
          else failedBirth(nursery, born);
        });
      }
    },
  };
  // Programs add to the prototype of all objects, and would make traps of what they add.
  const Patched = new Proxy(Original, Object.setPrototypeOf(handler, null) as typeof handler);
  showTextOf(Patched, Original);
  threads.Worker = Patched;
  Object.defineProperty(Original.prototype, 'constructor', { value: Patched });

  patchWorkerEnds(nursery, children);
  syncBuiltinESMExports();
}
