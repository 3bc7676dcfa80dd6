import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Tasks = typeof import('./fixture/poolTargets.js');
type Pool = InstanceType<Library['ThreadPoolExecutor']>;

describe('ThreadPoolExecutor', function () {
  let lib: Library;
  let tasks: Tasks;
  const pools: Pool[] = [];

  before(() => {
    lib = loadLibrary();
    tasks = loadFixture<Tasks>('poolTargets');
  });

  const newPool = (...options: ConstructorParameters<Library['ThreadPoolExecutor']>): Pool => {
    const pool = new lib.ThreadPoolExecutor(...options);
    pools.push(pool);
    return pool;
  };

  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.shutdownAsync({ cancel: true });
  });

  describe('submit', () => {
    it('runs a function in a thread and gives its result, by blocking and by waiting', async () => {
      const pool = newPool({ maxWorkers: 2 });
      assert.equal(pool.submit(tasks.add, 1, 2).result(), 3);
      assert.equal(await pool.submit(tasks.add, 3, 4), 7);
      assert.equal(await pool.submit(tasks.later, 2).resultAsync(), 2);
    });

    it('names its threads, which are daemons and know themselves', async () => {
      const names = async (pool: Pool): Promise<string[]> => {
        const seen = await Promise.all([pool.submit(tasks.whoRuns), pool.submit(tasks.whoRuns)]);
        assert.ok(seen.every(({ isDaemon, knowsItself }) => isDaemon && knowsItself));
        return seen.map(({ name }) => name);
      };
      assert.match((await names(newPool({ maxWorkers: 1 })))[0] as string, /^ThreadPoolExecutor-\d+_0$/);
      assert.deepEqual(await names(newPool({ maxWorkers: 1, threadNamePrefix: 'hash' })), ['hash_0', 'hash_0']);
    });

    it('starts a thread only when none is free, and no more than maxWorkers', () => {
      const pool = newPool({ maxWorkers: 2 });
      const running = [new lib.Event(), new lib.Event()] as const;
      const open = new lib.Event();
      const idents = new Set<number>();
      for (let i = 0; i < 3; i++) idents.add(pool.submit(tasks.whoRuns).result().ident);
      assert.equal(idents.size, 1);
      const gates = running.map((event) => pool.submit(tasks.gate, event, open));
      for (const event of running) event.wait();
      const third = pool.submit(tasks.add, 1, 1);
      assert.equal(third.running(), false);
      open.set();
      assert.equal(new Set(gates.map((gate) => gate.result())).size, 2);
      assert.equal(third.result(), 2);
    });

    it('runs tasks in the order in which they were submitted, and takes any number', () => {
      const pool = newPool({ maxWorkers: 1 });
      const futures = Array.from({ length: 2000 }, (_, i) => pool.submit(tasks.echo, i));
      assert.deepEqual(
        futures.map((future) => future.result()),
        futures.map((_, i) => i),
      );
    });

    it('copies as structuredClone does', async () => {
      const pool = newPool({ maxWorkers: 1 });
      const cycle: Record<string, unknown> = { name: 'cycle' };
      cycle['self'] = cycle;
      const values: unknown[] = [
        ...[undefined, null, true, false, 0, -0, 1.5, NaN, Infinity, -(2 ** 31), 2 ** 31, 2 ** 53],
        ...['', 'text', '\ud800 alone', 'x'.repeat(100), 'ä'.repeat(101), 'y'.repeat(100_000), 10n, -(2n ** 80n)],
        ...[new Date(5), /a+/gi, new Map([[{ a: 1 }, new Set([1])]]), [1, , 3], { deep: { er: [[]] } }, cycle],
        ...[new Uint8Array([1, 2]), new Float64Array([0.5]), new ArrayBuffer(3), new RangeError('an error')],
        Array.from({ length: 40 }, (_, i) => i),
      ];
      for (const value of values) {
        assert.deepStrictEqual(await pool.submit(tasks.echo, value), structuredClone(value));
      }
    });

    it('revives primitives, shared memory and Threads, in arguments and results', () => {
      const pool = newPool({ maxWorkers: 2 });
      const lock = new lib.Lock({ name: 'shared' });
      const queue = new lib.Queue<string>();
      const cell = new Int32Array(new SharedArrayBuffer(4));
      for (let i = 1; i <= 3; i++) {
        const { lock: same, again, buffer } = pool.submit(tasks.useLock, lock, queue, cell).result();
        assert.ok(same instanceof lib.Lock && same === again[0]);
        assert.equal(same.name, 'shared');
        lock.acquire();
        assert.equal(same.locked(), true);
        lock.release();
        assert.equal(new Int32Array(buffer)[0], i);
        assert.equal(queue.get(), 'from a task');
      }
      const thread = new lib.Thread(tasks.add, [20, 3]);
      thread.start();
      const joined = pool.submit(tasks.joinThread, thread as never).result();
      assert.equal(joined.result, 23);
      assert.equal(joined.thread, thread);
    });

    it('hands shared memory over that is new with every task', async () => {
      const pool = newPool({ maxWorkers: 2 });
      const futures = Array.from({ length: 300 }, (_, i) => {
        const cells = new Int32Array(new SharedArrayBuffer(8)).fill(i);
        return pool.submit(tasks.sum, cells);
      });
      assert.deepEqual(
        await Promise.all(futures),
        futures.map((_, i) => i * 2),
      );
    });

    it('keeps what a task threw, with all that can be copied of it', () => {
      const pool = newPool({ maxWorkers: 1 });
      const thrown = (kind: string): unknown => pool.submit(tasks.failWith, kind).exception();
      const range = thrown('range') as RangeError & { code: string; list: unknown; cause: Error };
      assert.ok(range instanceof RangeError && range.cause instanceof TypeError);
      assert.deepEqual({ ...range }, { code: 'E_FAR', list: [1, { a: 2n }] });
      assert.equal(range.message, 'too far');
      assert.match(range.stack as string, /poolTargets\.cjs:\d+/);
      assert.equal(range.cause.message, 'the reason');
      const odd = thrown('odd') as Error;
      assert.equal(String(odd), 'OddError: odd');
      const many = thrown('many') as AggregateError;
      assert.ok(many instanceof AggregateError);
      assert.deepEqual(many.errors.map(String), ['Error: one', 'two']);
      assert.equal(thrown('text'), 'just text');
      const nothing = pool.submit(tasks.failWith, 'nothing');
      assert.equal(nothing.exception(), undefined);
      assert.throws(
        () => nothing.result(),
        (error) => error === undefined,
      );
    });

    it('says which argument or result cannot cross, and why', async () => {
      const pool = newPool({ maxWorkers: 1, threadNamePrefix: 'p' });
      assert.throws(() => pool.submit(tasks.add, 1, (() => 5) as never), {
        name: 'TypeError',
        message:
          /^ThreadPoolExecutor "p": argument 2 of add cannot cross to another thread: \(\) ?=> ?5 could not be cloned/,
      });
      await assert.rejects(() => pool.submit(tasks.giveFunction).resultAsync(), {
        name: 'TypeError',
        message: /^the result of giveFunction cannot cross to another thread: \(\) ?=> ?1 could not be cloned/,
      });
      assert.equal(await pool.submit(tasks.add, 1, 1), 2);
    });

    it('says what is wrong with a function', async () => {
      const pool = newPool({ maxWorkers: 1, threadNamePrefix: 'p' });
      const work = (): number => 1;
      assert.throws(() => pool.submit(work as never), {
        name: 'TypeError',
        message:
          'ThreadPoolExecutor "p": submit: a function cannot cross to another thread by itself: export it from a module, ' +
          "as export const work = threadFunction(import.meta.url, 'work', …)",
      });
      assert.throws(() => pool.submit('add' as never), /submit: expected a function made by threadFunction, got 'add'/);
      await assert.rejects(() => pool.submit(tasks.notExported).resultAsync(), {
        name: 'TypeError',
        message: /does not export a function or class "nowhere"/,
        stack: /at .*executor\.test\.ts/,
      });
    });

    it('does not wait for a promise that can never settle', async () => {
      const pool = newPool({ maxWorkers: 1 });
      await assert.rejects(() => pool.submit(tasks.neverSettles).resultAsync(), /its promise can never settle/);
      assert.equal(await pool.submit(tasks.add, 1, 1), 2);
    });
  });

  describe('the threads', () => {
    it('run the initializer before their first task', async () => {
      const pool = newPool({ maxWorkers: 1, initializer: tasks.initialize, initArgs: ['a', { b: 1 }] });
      assert.deepEqual(await pool.submit(tasks.initialized), [['a', { b: 1 }]]);
      const lock = new lib.Lock({ name: 'passed' });
      const async = new lib.ThreadPoolExecutor({ maxWorkers: 1, initializer: tasks.initializeLater, initArgs: [lock] });
      pools.push(async);
      assert.deepEqual(await async.submit(tasks.initialized), ['passed']);
    });

    it('a failing initializer breaks the executor', async () => {
      const pool = newPool({ maxWorkers: 1, threadNamePrefix: 'db', initializer: tasks.failToInitialize });
      const broken = (error: unknown): boolean => {
        assert.ok(error instanceof lib.BrokenThreadPool && error.cause instanceof Error);
        assert.equal(
          error.message,
          'ThreadPoolExecutor "db": its initializer failed (no database), so it can run nothing any more',
        );
        assert.equal(error.cause.message, 'no database');
        return true;
      };
      const futures = [pool.submit(tasks.add, 1, 1), pool.submit(tasks.add, 1, 1)];
      for (const future of futures) await assert.rejects(() => future.resultAsync(), broken);
      assert.throws(() => pool.submit(tasks.add, 1, 1), broken);
      // The whole of it, however long.
      const other = newPool({ maxWorkers: 1, initializer: tasks.failAtLength });
      await assert.rejects(async () => other.submit(tasks.add, 1, 1), /failed \((no database, ){20}\), so/);
    });

    it('one that dies fails its task, and another one takes its place', async () => {
      const pool = newPool({ maxWorkers: 1, threadNamePrefix: 'p' });
      const who = 'ThreadPoolExecutor "p": its thread p_';
      const deaths: [() => unknown, string][] = [
        [() => pool.submit(tasks.exitNow, 3).result(), `${who}0 called process.exit while it ran exitNow`],
        [() => pool.submit(tasks.exitLater).result(), `${who}1 called process.exit while it ran exitLater`],
        [() => pool.submit(tasks.throwUncaught).result(), `${who}2 died (from a timer) while it ran throwUncaught`],
      ];
      for (const [run, message] of deaths) {
        assert.throws(run, (error) => {
          assert.ok(error instanceof lib.WorkerDied);
          assert.equal(error.message, message);
          return true;
        });
      }
      const waiting = [
        pool.submit(tasks.exitNow, 1),
        pool.submit(tasks.add, 2, 2),
        pool.submit(tasks.add, 3, 3),
      ] as const;
      await assert.rejects(() => waiting[0].resultAsync(), { name: 'WorkerDied' });
      assert.deepEqual([await waiting[1], waiting[2].result()], [4, 6]);
    });

    it('leave the event loop to what tasks have left behind', async () => {
      const pool = newPool({ maxWorkers: 1 });
      const cell = new Int32Array(new SharedArrayBuffer(4));
      await pool.submit(tasks.tick, cell, 1);
      while (Atomics.load(cell, 0) < 3) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.equal(await pool.submit(tasks.add, 1, 1), 2);
    });

    it('may have executors of their own', async () => {
      assert.deepEqual(await newPool({ maxWorkers: 1 }).submit(tasks.nested, 3), [0, 2, 4]);
    });
  });

  describe('map', () => {
    it('gives the results in the order of the items', async () => {
      const pool = newPool({ maxWorkers: 2 });
      assert.deepEqual([...pool.map(tasks.later, [4, 1, 2])], [4, 1, 2]);
      const got: number[] = [];
      for await (const ms of pool.map(tasks.later, new Set([3, 1]))) got.push(ms);
      assert.deepEqual(got, [3, 1]);
    });

    it('throws the first error that is met, and cancels the rest', async () => {
      const pool = newPool({ maxWorkers: 1 });
      const results = pool.map(tasks.failAtZero, [0, 1, 2]);
      assert.throws(() => [...results], { message: 'zero' });
      assert.deepEqual([...results], []);
      await assert.rejects(async () => {
        for await (const result of pool.map(tasks.failWith, ['range'])) assert.fail(String(result));
      }, RangeError);
    });

    it('gives up when the time is over', () => {
      const pool = newPool({ maxWorkers: 1, threadNamePrefix: 'p' });
      const running = new lib.Event();
      const open = new lib.Event();
      const held = pool.submit(tasks.gate, running, open);
      running.wait();
      assert.throws(() => [...pool.map(tasks.later, [1], { timeout: 5 })], {
        name: 'TimeoutError',
      });
      open.set();
      held.result();
      for (const timeout of [-1, NaN]) assert.throws(() => pool.map(tasks.later, [1], { timeout }), RangeError);
      assert.throws(() => pool.map(tasks.later, [1], 5 as never), /map: options must be an object/);
    });
  });

  describe('shutdown', () => {
    it('runs what was submitted, and takes no more', () => {
      const pool = newPool({ maxWorkers: 2, threadNamePrefix: 'p' });
      const futures = Array.from({ length: 20 }, (_, i) => pool.submit(tasks.add, i, 1));
      pool.shutdown();
      assert.ok(futures.every((future) => future.done()));
      assert.ok(!lib.enumerate().some(({ name }) => name.startsWith('p_')));
      assert.throws(() => pool.submit(tasks.add, 1, 1), { message: 'ThreadPoolExecutor "p": submit after shutdown' });
      pool.shutdown();
    });

    it('of one that has never run anything', async () => {
      newPool().shutdown();
      await newPool().shutdownAsync();
    });

    it('can cancel what nobody has begun', async () => {
      const pool = newPool({ maxWorkers: 1 });
      const running = new lib.Event();
      const open = new lib.Event();
      const first = pool.submit(tasks.gate, running, open);
      running.wait();
      const rest = [pool.submit(tasks.add, 1, 1), pool.submit(tasks.add, 1, 1)];
      pool.shutdown({ wait: false, cancel: true });
      assert.ok(rest.every((future) => future.cancelled()));
      assert.equal(first.cancelled(), false);
      open.set();
      await pool.shutdownAsync();
      assert.equal(first.done(), true);
    });

    it('is what using and await using do', async () => {
      const sync = new lib.ThreadPoolExecutor({ maxWorkers: 1 });
      const future = sync.submit(tasks.later, 2);
      sync[Symbol.dispose]();
      assert.equal(future.done(), true);
      const async = new lib.ThreadPoolExecutor({ maxWorkers: 1 });
      const other = async.submit(tasks.later, 2);
      await async[Symbol.asyncDispose]();
      assert.equal(other.done(), true);
    });
  });

  it('refuses what makes no sense', () => {
    for (const maxWorkers of [0, -1, 1.5, NaN, '2' as never]) {
      assert.throws(() => newPool({ maxWorkers }), {
        name: 'RangeError',
        message: `ThreadPoolExecutor: maxWorkers must be a whole number from 1, got ${maxWorkers}`,
      });
    }
    assert.throws(() => newPool(4 as never), /options must be an object such as/);
    assert.throws(() => newPool({ threadNamePrefix: 5 as never }), /threadNamePrefix must be a string/);
    assert.throws(() => newPool({ initArgs: 'a' as never }), /initArgs must be an array/);
    assert.throws(() => newPool({ initializer: (() => {}) as never }), /initializer: a function cannot cross/);
    assert.throws(() => structuredClone(newPool()), /a ThreadPoolExecutor stays in the thread that made it/);
  });
});
