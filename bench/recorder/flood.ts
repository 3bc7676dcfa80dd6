/** Threads that write events as fast as they can. Prints how many there were, and how long all took. */
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { findProbe } from '../../src/probe/probe.js';
import { OP } from '../../src/trace/ops.js';

const EVENTS = 4_000_000;
const [producers = 1] = process.argv.slice(2).map(Number);

function flood(): void {
  const probe = findProbe();
  if (!probe) throw new Error('nothing records');
  const object = probe.define({ kind: 'semaphore', name: `flood ${(workerData as number | null) ?? 0}` });
  for (let i = 0; i < EVENTS / producers; i++) probe.record(OP['semaphore.release'], object, 1);
}

if (isMainThread) {
  const start = performance.now();
  let running = producers;
  for (let i = 0; i < producers; i++) {
    new Worker(__filename, { workerData: i, argv: process.argv.slice(2) }).on('exit', () => {
      if (--running > 0) return;
      process.stdout.write(JSON.stringify({ events: EVENTS, ms: performance.now() - start }));
    });
  }
} else {
  flood();
}
