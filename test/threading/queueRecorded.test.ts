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

const loop = `
const { isMainThread } = require('node:worker_threads');
const { Queue, Thread, threadFunction, currentThread } = require('./threadlanes/dist/index.cjs');
exports.give = threadFunction(__filename, 'give', (queue) => {
  for (let i = 0; i < 20; i++) queue.put(i);
  queue.close();
  return { queue, self: currentThread() };
});
if (isMainThread) {
  const queue = new Queue(0, { name: 'numbers' });
  const copies = new Queue(0, { name: 'copies' });
  const squares = new Map();
  const thread = new Thread(exports.give, [queue]);
  thread.start();
  for (const number of queue) {
    copies.put(number);
    squares.get(number);
  }
  thread.join();
  if (thread.result.self !== thread) throw new Error('another thread');
}
`;

describe('queues in a recording', () => {
  it('a loop over a queue gets where it stands; a result with shared memory is no message', async () => {
    await withProgram({ 'main.cjs': loop, 'threadlanes/package.json': '{ "name": "threadlanes" }' }, async (folder) => {
      mkdirSync(join(folder.path, 'threadlanes/dist'), { recursive: true });
      copyFileSync(join(builtFolder(), 'index.cjs'), join(folder.path, 'threadlanes/dist/index.cjs'));
      const { outcome, trace } = await folder.record('main.cjs');
      assert.deepEqual([outcome.stderr, outcome.code], ['', 0]);
      const got = trace.named('queue.getDone');
      assert.equal(got.length, 20);
      assert.deepEqual(new Set(got.map(({ site }) => site?.line)), new Set([15]));
      assert.deepEqual(new Set(trace.named('queue.putDone').map(({ site }) => site?.line)), new Set([5, 16]));
      // A worker's own ports close with it.
      const messages = trace.allEvents.filter(({ name }) => name.startsWith('port.') && name !== 'port.close');
      assert.deepEqual(messages, []);
    });
  });

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
