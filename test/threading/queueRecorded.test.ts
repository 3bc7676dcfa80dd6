/** What a recorder sees of items that hold shared memory: puts and gets, and nothing of how they cross. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withProgram } from '../recorder/recordedProgram.js';
import { builtFolder } from './library.js';

const program = `
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { Queue, Lock } = require('./threadlanes/index.cjs');
if (isMainThread) {
  const queue = new Queue(0, { name: 'jobs' });
  const worker = new Worker(__filename, { workerData: queue });
  for (let i = 0; i < 3; i++) queue.put({ lock: new Lock() });
  queue.joinAsync().then(() => queue.close());
} else {
  const queue = Queue.from(workerData);
  try {
    for (;;) {
      queue.get().lock.with(() => {});
      queue.taskDone();
    }
  } catch (error) {
    if (error.name !== 'Closed') throw error;
  }
}
`;

describe('queues in a recording', () => {
  it('shows items that hold shared memory as items', async () => {
    await withProgram({ 'main.cjs': program }, async (folder) => {
      mkdirSync(join(folder.path, 'threadlanes'));
      copyFileSync(join(builtFolder(), 'index.cjs'), join(folder.path, 'threadlanes/index.cjs'));
      const { outcome, trace } = await folder.record('main.cjs');
      assert.deepEqual([outcome.stderr, outcome.code], ['', 0]);
      assert.equal(trace.named('queue.putDone').length, 3);
      assert.deepEqual(
        trace.named('queue.getDone').map(({ arg }) => arg),
        [0, 1, 2],
      );
      assert.equal(trace.named('async.wait').length, 1);
      assert.deepEqual(
        [...trace.objects.values()].filter((object) => object?.kind === 'queue').map((object) => object?.name),
        ['jobs'],
      );
      // The worker's own channel has its messages; no broadcast has any.
      assert.ok([...trace.objects.values()].every((object) => !String(object?.name).includes('threadlanes.')));
    });
  });
});
