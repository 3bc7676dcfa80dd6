/** Worker threads: each one gets a ring, the recorder, and a lane, whatever its options say. */
import { syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { OwnWeakMap } from '../ownCollections.js';
import { HANDOVER_KEY } from '../workers/handover.js';
import { construct, setEnvironmentData, threads } from '../raw.js';
import { visibleId } from '../threadIds.js';
import type { Birth, Child, Nursery } from '../workers/workerBirth.js';
import { announceBirth, failedBirth, prepareBirth } from '../workers/workerBirth.js';
import { bindWorker } from './workerChannel.js';
import { standInFor, type Make } from './standIn.js';
import { patchThreadIds } from './threadIds.js';
import { patchWorkerEnds } from './workerEnds.js';

export function patchWorker(nursery: Nursery): void {
  const { recorder } = nursery;
  const Original = threads.Worker;
  const children = new OwnWeakMap<Worker, Child>();
  let birth: Birth | null = null;

  patchThreadIds((worker, realId) => {
    if (birth === null || realId < 0) return;
    const born = birth;
    birth = null;
    recorder.guard(() => children.set(worker, announceBirth(nursery, born, visibleId(realId))));
  });

  patchWorkerEnds(nursery, children);

  const make: Make = (args, newTarget) => {
    const born = recorder.guard(() => prepareBirth(nursery, args, Patched as never));
    if (!born) return construct(Original, args, newTarget) as Worker;
    const outer = birth;
    birth = born;
    let worker: Worker | undefined;
    try {
      worker = construct(Original, [args[0], born.options], newTarget) as Worker;
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
  };
  const Patched = standInFor('Worker', Original, make);
  threads.Worker = Patched;
  syncBuiltinESMExports();
}
