/** Queues without blocking: in the order of the calls, with a time limit, and alive as long as somebody waits. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { builtFolder, loadLibrary, loadTargets, type Library, type Targets } from './library.js';

describe('queues without blocking', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  it('get waits for put, in the order of the gets, and takes at once what is there', async () => {
    const queue = new lib.Queue<number>();
    queue.put(1);
    assert.equal(await queue.getAsync(), 1);
    const got: number[] = [];
    const gets = [0, 1, 2].map(async () => void got.push(await queue.getAsync()));
    for (const item of [10, 11, 12]) queue.put(item);
    await Promise.all(gets);
    assert.deepEqual(got, [10, 11, 12]);
  });

  it('put waits for room, and keeps the item as it was', async () => {
    const queue = new lib.Queue<unknown>(1);
    const item = { n: 1 };
    await queue.putAsync(0);
    const puts = [queue.putAsync(item), queue.putAsync('second'), queue.putAsync(new Uint8Array([3]))];
    item.n = 2;
    assert.equal(queue.get(), 0);
    assert.deepEqual(await queue.getAsync(), { n: 1 });
    assert.equal(await queue.getAsync(), 'second');
    assert.deepEqual(await queue.getAsync(), new Uint8Array([3]));
    await Promise.all(puts);
    assert.equal(queue.empty(), true);
  });

  it('put waits for room, and keeps the bytes as they were', async () => {
    const queue = new lib.Queue<unknown>(1);
    await queue.putAsync(0);
    const changed = new Uint8Array([1, 2, 3]);
    const gone = new Uint8Array([4, 5, 6]);
    const puts = [queue.putAsync(changed), queue.putAsync(gone)];
    changed.fill(9);
    structuredClone(gone, { transfer: [gone.buffer] });
    assert.equal(queue.get(), 0);
    assert.deepEqual(await queue.getAsync(), new Uint8Array([1, 2, 3]));
    assert.deepEqual(await queue.getAsync(), new Uint8Array([4, 5, 6]));
    await Promise.all(puts);
  });

  it('timeouts, block: false, and close', async () => {
    const queue = new lib.Queue<number>(1, { name: 'jobs' });
    await assert.rejects(queue.getAsync({ timeout: 2 }), { name: 'Empty', message: 'Queue "jobs": empty' });
    await assert.rejects(queue.getAsync({ block: false }), lib.Empty);
    await queue.putAsync(1);
    await assert.rejects(queue.putAsync(2, { timeout: 2 }), { name: 'Full', message: 'Queue "jobs": full' });
    await assert.rejects(queue.putAsync(2, { block: false }), lib.Full);
    await assert.rejects(queue.getAsync({ timeout: -1 }), /^RangeError: Queue "jobs": timeout/);
    await assert.rejects(queue.putAsync((() => 1) as never), /^TypeError: Queue "jobs": .*could not be cloned/);
    assert.equal(await queue.joinAsync(2), false);
    const waiting = queue.putAsync(3);
    const joining = queue.joinAsync();
    queue.close();
    await assert.rejects(waiting, { name: 'Closed', message: 'Queue "jobs": closed' });
    assert.equal(await queue.getAsync(), 1);
    await assert.rejects(queue.getAsync(), lib.Closed);
    queue.taskDone();
    assert.equal(await joining, true);
    const empty = new lib.LifoQueue<number>();
    const gets = [empty.getAsync(), empty.getAsync({ timeout: 10_000 })];
    empty.close();
    for (const get of gets) await assert.rejects(get, lib.Closed);
  });

  it('priorities, and items that hold shared memory', async () => {
    const queue = new lib.PriorityQueue<unknown>(2, { priority: () => 5 });
    const event = new lib.Event();
    await queue.putAsync('later');
    await queue.putAsync({ event }, { priority: 1 });
    const third = queue.putAsync({ event }, { priority: 0 });
    ((await queue.getAsync()) as { event: typeof event }).event.set();
    assert.equal(event.isSet(), true);
    await third;
    assert.ok(((await queue.getAsync()) as { event: typeof event }).event instanceof lib.Event);
    assert.equal(await queue.getAsync(), 'later');
  });

  it('blocking and not blocking threads share the items', async () => {
    const queue = new lib.Queue<number>(2);
    const seen = new Int32Array(new SharedArrayBuffer(4 * 600));
    const blocking = new lib.Thread(targets.takeNumbers, [queue, seen, false]);
    const turning = new lib.Thread(targets.sumWithoutBlocking, [queue]);
    blocking.start();
    turning.start();
    for (let i = 0; i < 600; i++) await queue.putAsync(i);
    queue.close();
    await Promise.all([turning.joinAsync(), blocking.joinAsync()]);
    const sum = seen.reduce((total, times, i) => total + times * i, 0);
    assert.equal(sum + (turning.result as number), (599 * 600) / 2);
  });

  it('an item goes to a thread that blocks while the loop of one that waits stands still', async () => {
    const queue = new lib.Queue<number>();
    const seen = new Int32Array(new SharedArrayBuffer(4 * 2));
    const blocking = new lib.Thread(targets.takeNumbers, [queue, seen, true]);
    blocking.start();
    const mine = queue.getAsync();
    for (const item of [0, 1]) queue.put(item);
    // This loop does not turn meanwhile.
    assert.equal(queue.join(20_000), true);
    assert.deepEqual([...seen], [1, 1]);
    queue.close();
    await assert.rejects(mine, lib.Closed);
    await blocking.joinAsync();
  });

  it('keeps the process alive while it waits, and not longer', () => {
    const run = (program: string): string =>
      execFileSync(process.execPath, ['-e', program, join(builtFolder(), 'index.cjs')], {
        encoding: 'utf8',
        timeout: 20_000,
      });
    const worker = `new Worker(\`
      const { workerData } = require('node:worker_threads');
      const { Queue, sleep } = require(workerData.library);
      sleep(100);
      Queue.from(workerData.queue).put('came');
    \`, { eval: true, workerData: { library: process.argv[1], queue } }).unref();`;
    const head = `const { Worker } = require('node:worker_threads');
      const { Queue } = require(process.argv[1]);
      const queue = new Queue();
      process.on('exit', () => console.log('over'));`;
    assert.equal(run(`${head} ${worker} queue.getAsync().then((item) => console.log(item));`), 'came\nover\n');
    assert.equal(
      run(`${head} queue.getAsync({ timeout: 50 }).catch((error) => console.log(error.name));`),
      'Empty\nover\n',
    );
    assert.equal(run(`${head} queue.put(1); queue.getAsync().then((item) => console.log(item));`), '1\nover\n');
    assert.equal(run(`${head} queue.put(new SharedArrayBuffer(8));`), 'over\n');
  });
});
