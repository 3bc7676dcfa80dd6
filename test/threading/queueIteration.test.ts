import assert from 'node:assert/strict';
import { loadLibrary, loadTargets, type Library, type Targets } from './library.js';

describe('a loop over a queue', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  it('gets what is there, and ends when the queue is closed and empty', async () => {
    for (const type of [lib.Queue, lib.LifoQueue, lib.PriorityQueue]) {
      const queue = new type<number>();
      const items = [1, 2, 3];
      for (const item of items) queue.put(item);
      queue.close();
      const expected = type === lib.LifoQueue ? [3, 2, 1] : items;
      assert.deepEqual([...queue], expected);
      assert.deepEqual([...queue], []);
      for await (const item of queue) assert.fail(`got ${item}`);
    }
  });

  it('for await waits for what comes later', async () => {
    const queue = new lib.Queue<number>(1);
    const got: number[] = [];
    const loop = (async () => {
      for await (const item of queue) got.push(item);
    })();
    for (const item of [1, 2, 3]) await queue.putAsync(item);
    queue.close();
    await loop;
    assert.deepEqual(got, [1, 2, 3]);
  });

  it('in several threads gives each item to one of them', () => {
    const queue = new lib.Queue<number>(2);
    const threads = [1, 2, 3].map(() => new lib.Thread(targets.addUp, [queue]));
    for (const thread of threads) thread.start();
    for (let i = 1; i <= 100; i++) queue.put(i);
    queue.close();
    let sum = 0;
    for (const thread of threads) {
      thread.join();
      sum += thread.result as number;
    }
    assert.equal(sum, 5050);
  });

  it('that breaks off loses no item', async () => {
    const queue = new lib.Queue<number>();
    for (const item of [1, 2, 3]) queue.put(item);
    for (const item of queue) {
      assert.equal(item, 1);
      break;
    }
    for await (const item of queue) {
      assert.equal(item, 2);
      break;
    }
    assert.equal(queue.get(), 3);
  });

  it('passes on an error of its body, and of a get that has nothing to do with its end', async () => {
    const other = new lib.Queue<number>();
    other.close();
    class Relay extends lib.Queue<number> {
      override get(): number {
        return other.get();
      }

      override getAsync(): Promise<number> {
        return other.getAsync();
      }
    }
    const relay = new Relay();
    assert.throws(() => [...relay], lib.Closed);
    await assert.rejects(async () => {
      for await (const item of relay) assert.fail(`got ${item}`);
    }, lib.Closed);
    const queue = new lib.Queue<number>();
    queue.put(1);
    queue.close();
    assert.throws(() => {
      for (const item of queue) throw new lib.Closed(`mine ${item}`);
    }, /mine 1/);
  });
});
