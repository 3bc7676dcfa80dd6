import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

describe('Event, asynchronously', () => {
  let lib: Library;
  let targets: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadFixture<Primitives>('primitiveTargets');
  });

  it('is over at once when it is set, when it is set, or when the time is', async () => {
    const event = new lib.Event({ name: 'ready' });
    assert.equal(await event.waitAsync(1), false);
    const waits = [event.waitAsync(), event.waitAsync(60_000)];
    event.set();
    event.clear();
    assert.deepEqual(await Promise.all(waits), [true, true]);
    event.set();
    assert.equal(await event.waitAsync(0), true);
    await assert.rejects(event.waitAsync(-1), {
      message: 'Event "ready": timeout must be 0 or more milliseconds, got -1',
    });
  });

  it('one set wakes all, whether they block or not', async () => {
    const event = new lib.Event();
    const ready = new lib.Semaphore(0);
    const threads = [true, false, true, false].map(
      (isAsync) => new lib.Thread(targets.awaitEvent, [event, ready, isAsync]),
    );
    for (const thread of threads) thread.start();
    const mine = event.waitAsync();
    for (let i = 0; i < threads.length; i++) assert.equal(await ready.acquireAsync(), true);
    event.set();
    assert.equal(await mine, true);
    await Promise.all(threads.map((thread) => thread.joinAsync()));
    assert.ok(threads.every(({ result }) => result === true));
  });

  it('is not waited for too long, and not too shortly', async () => {
    const event = new lib.Event();
    for (const timeout of [0, 0.5, 3, 12]) {
      const before = performance.now();
      assert.equal(await event.waitAsync(timeout), false);
      assert.ok(performance.now() - before >= timeout - 0.01);
    }
  });
});
