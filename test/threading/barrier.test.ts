import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

describe('Barrier', () => {
  let lib: Library;
  let targets: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadFixture<Primitives>('primitiveTargets');
  });

  const started = <T extends { start(): void }>(threads: T[]): T[] => {
    for (const thread of threads) thread.start();
    return threads;
  };
  const results = async (threads: { joinAsync(): Promise<boolean>; result: unknown }[]): Promise<unknown[]> => {
    for (const thread of threads) await thread.joinAsync();
    return threads.map(({ result }) => result);
  };
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise((done) => setTimeout(done, 1));
  };

  it('lets all through when all have come, each with an index of its own, round after round', async () => {
    const parties = 4;
    const rounds = 25;
    const barrier = new lib.Barrier(parties);
    assert.equal(barrier.parties, parties);
    const indexes = new Int32Array(new SharedArrayBuffer(4 * parties * rounds));
    const threads = started(
      Array.from({ length: parties }, (_, i) => new lib.Thread(targets.meet, [barrier, indexes, rounds, i === 0])),
    );
    await results(threads);
    assert.ok(indexes.every((count) => count === 1));
    assert.equal(barrier.nWaiting, 0);
    assert.equal(barrier.broken, false);
  });

  it('takes its timeout to other threads', async () => {
    const barrier = new lib.Barrier(2, { timeout: 1 });
    const thread = started([new lib.Thread(targets.perform, [barrier, 'wait', []])])[0];
    await assert.rejects(async () => thread?.joinAsync(), { name: 'BrokenBarrierError' });
    assert.equal(barrier.broken, true);
    const endless = lib.Barrier.from(structuredClone({ ...new lib.Barrier(1) }));
    assert.equal(endless.wait(), 0);
    assert.throws(() => new lib.Barrier(2, { timeout: -1 }), { name: 'RangeError', message: /^Barrier: timeout/ });
  });

  it('of one passes at once', async () => {
    const barrier = new lib.Barrier(1);
    assert.equal(barrier.wait(), 0);
    assert.equal(await barrier.waitAsync(), 0);
  });

  it('runs the action once a round, in the thread that comes last, before the others go on', async () => {
    const barrier = new lib.Barrier(3);
    const acts = new Int32Array(new SharedArrayBuffer(4));
    const threads = started([1, 2, 3].map(() => new lib.Thread(targets.actAndMeet, [barrier, acts, false])));
    assert.deepEqual(await results(threads), Array(3).fill('passed after 1'));
    assert.throws(() => barrier.wait(), {
      name: 'TypeError',
      message:
        'Barrier: it has an action, which cannot cross to this thread: set its `action` here too; for the others it is broken now',
    });
  });

  it('is broken when a thread comes without the action that another one has set: nobody waits for ever', async () => {
    const barrier = new lib.Barrier(3, { action: () => {}, name: 'meeting' });
    const first = barrier.waitAsync();
    await until(() => barrier.nWaiting === 1);
    const thread = started([new lib.Thread(targets.perform, [barrier, 'wait', []])])[0];
    const message = /^Barrier "meeting": a thread came that does not have its action, .* has to set `barrier\.action`$/;
    assert.throws(() => barrier.wait(), { name: 'BrokenBarrierError', message });
    await assert.rejects(first, { name: 'BrokenBarrierError', message });
    await assert.rejects(async () => thread?.joinAsync(), { name: 'TypeError', message: /set its `action` here too/ });
    assert.equal(barrier.broken, true);
  });

  it('says why it is broken, also to those who come later, and what broke it first', async () => {
    const barrier = new lib.Barrier(2, { name: 'meeting' });
    const told = async (): Promise<string> => barrier.waitAsync().then(String, (error: Error) => error.message);
    const first = told();
    barrier.reset();
    assert.equal(await first, 'Barrier "meeting": it was reset while this thread waited');
    barrier.action = () => {
      throw new RangeError('no');
    };
    const second = told();
    assert.throws(() => barrier.wait(), { name: 'RangeError', message: 'no' });
    const threw = 'Barrier "meeting": its action threw in the thread that came last, and it is broken';
    assert.equal(await second, threw);
    barrier.abort();
    assert.equal(await told(), threw);
    barrier.reset();
    barrier.abort();
    assert.equal(await told(), 'Barrier "meeting": it was aborted, and is broken');
  });

  it('is broken by an action that throws', async () => {
    const barrier = new lib.Barrier(3);
    const acts = new Int32Array(new SharedArrayBuffer(4));
    const threads = started([1, 2, 3].map(() => new lib.Thread(targets.actAndMeet, [barrier, acts, true])));
    const all = (await results(threads)).sort();
    assert.deepEqual(all, ['BrokenBarrierError', 'BrokenBarrierError', 'RangeError']);
    assert.equal(barrier.broken, true);
  });

  it('whoever comes while the action runs waits for the next round', async () => {
    const order: string[] = [];
    const barrier = new lib.Barrier(2, {
      action: () => {
        order.push('action');
        if (order.length > 1) return;
        void barrier.waitAsync().then(() => order.push('third'));
      },
    });
    await Promise.all([barrier.waitAsync().then(() => order.push('first')), barrier.waitAsync()]);
    assert.deepEqual(order, ['action', 'first']);
    await until(() => barrier.nWaiting === 1);
    await barrier.waitAsync();
    await until(() => order.includes('third'));
    assert.deepEqual(order, ['action', 'first', 'action', 'third']);
  });

  it('a reset while the action runs makes all of that round fail', async () => {
    const barrier: InstanceType<Library['Barrier']> = new lib.Barrier(2, { action: () => barrier.reset() });
    const first = barrier.waitAsync();
    assert.throws(() => barrier.wait(), lib.BrokenBarrierError);
    await assert.rejects(first, lib.BrokenBarrierError);
    assert.equal(barrier.broken, false);
    assert.equal(barrier.nWaiting, 0);
  });

  it('is broken for all when the time of one is out, until it is reset', async () => {
    const barrier = new lib.Barrier(3, { name: 'meeting' });
    const threads = started([new lib.Thread(targets.tryToMeet, [barrier, undefined])]);
    await until(() => barrier.nWaiting === 1);
    assert.throws(() => barrier.wait(5), {
      name: 'BrokenBarrierError',
      message: 'Barrier "meeting": not all have come in time, and it is broken',
    });
    assert.deepEqual(await results(threads), ['BrokenBarrierError']);
    assert.equal(barrier.broken, true);
    assert.equal(barrier.nWaiting, 0);
    await assert.rejects(barrier.waitAsync(), lib.BrokenBarrierError);
    barrier.reset();
    assert.equal(barrier.broken, false);
    assert.deepEqual(await Promise.all([barrier.waitAsync(), barrier.waitAsync(), barrier.waitAsync()]), [0, 1, 2]);
  });

  it('has a timeout of its own when it is told one', async () => {
    const barrier = new lib.Barrier(2, { timeout: 3 });
    assert.throws(() => barrier.wait(), lib.BrokenBarrierError);
    barrier.reset();
    await assert.rejects(barrier.waitAsync(), lib.BrokenBarrierError);
    barrier.reset();
    const [first, second] = await Promise.all([barrier.waitAsync(60_000), barrier.waitAsync()]);
    assert.deepEqual([first, second], [0, 1]);
  });

  it('abort breaks it, reset makes those who wait fail but not those who come', async () => {
    const barrier = new lib.Barrier(3);
    const threads = started([1, 2].map(() => new lib.Thread(targets.tryToMeet, [barrier, undefined])));
    await until(() => barrier.nWaiting === 2);
    barrier.reset();
    assert.deepEqual(await results(threads), Array(2).fill('BrokenBarrierError'));
    assert.equal(barrier.broken, false);
    const waits = [barrier.waitAsync(), barrier.waitAsync()];
    barrier.abort();
    for (const wait of waits) await assert.rejects(wait, lib.BrokenBarrierError);
    assert.throws(() => barrier.wait(), /Barrier: it was aborted, and is broken/);
  });

  it('refuses what makes no sense', () => {
    for (const parties of [0, -2, 1.5, NaN]) {
      assert.throws(() => new lib.Barrier(parties), {
        name: 'RangeError',
        message: `Barrier: parties must be a whole number, 1 or more, got ${parties}`,
      });
    }
    assert.throws(() => new lib.Barrier(undefined as never), /parties must be a number, got undefined/);
    assert.throws(() => new lib.Barrier(2, { action: 'now' as never }), /action must be a function, got 'now'/);
    assert.throws(() => new lib.Barrier(2, { timeout: -1 }), /timeout must be 0 or more milliseconds, got -1/);
    assert.throws(() => new lib.Barrier(2).wait(NaN), RangeError);
    assert.throws(() => lib.Barrier.from(3), /expected a Barrier or a structured clone of one, got 3/);
  });
});
