/** Primitives in other threads: by every way that values take there, and what is left of their types. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { builtFolder, loadFixture, loadLibrary, type Library } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

describe('primitives in other threads', () => {
  let lib: Library;
  let targets: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadFixture<Primitives>('primitiveTargets');
  });

  const makeAll = (): Record<string, { readonly name: string | undefined }> => ({
    lock: new lib.Lock({ name: 'a' }),
    fair: new lib.Lock({ name: 'b', fair: true }),
    rlock: new lib.RLock({ name: 'c' }),
    condition: new lib.Condition({ name: 'd' }),
    semaphore: new lib.Semaphore(2, { name: 'e' }),
    bounded: new lib.BoundedSemaphore(3, { name: 'f' }),
    event: new lib.Event({ name: 'g' }),
    barrier: new lib.Barrier(4, { name: 'h' }),
    rwLock: new lib.RWLock({ name: 'i' }),
  });
  const named = [
    'Lock a',
    'Lock b',
    'RLock c',
    'Condition d',
    'Semaphore e',
    'BoundedSemaphore f',
    'Event g',
    'Barrier h',
    'RWLock i',
  ];

  it('arrive as such in arguments, nested, and in a thread of a thread', () => {
    const all = Object.values(makeAll());
    const thread = new lib.Thread(targets.nameClasses, [{ list: [all], map: new Map([[1, new Set(all)]]) }, 1]);
    thread.start();
    thread.join();
    assert.deepEqual(thread.result, [[named], [named]]);
  });

  it('arrive as handles in workerData and messages', async () => {
    const all = makeAll();
    const worker = new Worker(
      `const { parentPort, workerData: { path, all } } = require('node:worker_threads');
       const lib = require(path);
       const classes = { lock: 'Lock', fair: 'Lock', rlock: 'RLock', condition: 'Condition', semaphore: 'Semaphore',
         bounded: 'BoundedSemaphore', event: 'Event', barrier: 'Barrier', rwLock: 'RWLock' };
       const revived = Object.fromEntries(Object.entries(all).map(([key, one]) => [key, lib[classes[key]].from(one)]));
       revived.lock.acquire();
       revived.event.set();
       revived.semaphore.acquire();
       parentPort.postMessage([revived, revived.barrier.parties, Object.values(revived).map((one) => one.constructor.name)]);`,
      { eval: true, workerData: { path: join(builtFolder(), 'index.cjs'), all } },
    );
    const [back, parties, names] = await new Promise<[typeof all, number, string[]]>((done, failed) => {
      worker.once('message', done);
      worker.once('error', failed);
    });
    assert.equal(parties, 4);
    assert.deepEqual(
      names.map((name) => name.replace(/^_/, '')),
      named.map((text) => text.split(' ')[0]),
    );
    assert.equal((all['lock'] as InstanceType<Library['Lock']>).locked(), true);
    assert.equal((all['event'] as InstanceType<Library['Event']>).isSet(), true);
    assert.equal(lib.Semaphore.from(back['semaphore']).value, 1);
    assert.equal(lib.Lock.from(back['lock']).locked(), true);
  });

  it('a condition brings its lock, which is the same as when it comes by itself', () => {
    const lock = new lib.Lock({ name: 'mine' });
    const { port1, port2 } = new MessageChannel();
    port1.postMessage([new lib.Condition({ lock }), lock]);
    const { message } = receiveMessageOnPort(port2) as { message: unknown[] };
    port1.close();
    const condition = lib.Condition.from(message[0]);
    assert.ok(condition.lock instanceof lib.Lock);
    assert.equal(condition.lock.name, 'mine');
    condition.acquire();
    assert.equal(lock.locked(), true);
    assert.equal(lib.Lock.from(message[1]).locked(), true);
    condition.notifyAll();
    lock.release();
  });

  it('a fair lock stays fair', async () => {
    const lock = new lib.Lock({ fair: true });
    const clone = lib.Lock.from(structuredClone({ ...lock }));
    lock.acquire();
    const order: number[] = [];
    const all = [clone, lock, clone].map((one, i) => one.withAsync(() => void order.push(i)));
    lock.release();
    assert.equal(clone.acquire({ blocking: false }), false);
    await Promise.all(all);
    assert.deepEqual(order, [0, 1, 2]);
  });

  it('have types that follow', () => {
    const take = (lock: InstanceType<Library['Lock']>, condition: InstanceType<Library['Condition']>): boolean =>
      lock.locked() && condition.with(() => true);
    const target = lib.threadFunction(__filename, 'take', take);
    new lib.Thread(target, [new lib.Lock(), new lib.Condition()]);
    // @ts-expect-error an Event is no Lock
    new lib.Thread(target, [new lib.Event(), new lib.Condition()]);
    const value: number = new lib.Lock().with(() => 1);
    const later: Promise<string> = new lib.RWLock().withReadAsync(() => 'x');
    const found: string | undefined = new lib.Condition().with(() => 'x' as string | undefined);
    // @ts-expect-error a semaphore has a number of permits
    assert.throws(() => new lib.Semaphore({ name: 'x' }));
    // @ts-expect-error release takes a number
    assert.throws(() => new lib.Semaphore().release('all'));
    assert.deepEqual([value, found], [1, 'x']);
    return later.then((text) => assert.equal(text, 'x'));
  });
});
