/** One small program for each library, which uses it as its users do. */
export interface LibraryProgram {
  readonly files: Readonly<Record<string, string>>;
  /** The file to run: of the program, or a command line of the library. */
  readonly run: string;
  readonly after?: readonly string[];
  /** Through NODE_OPTIONS: the command starts the process that has the threads. */
  readonly isChild?: boolean;
  /** Threads besides the main one, at least, and messages each way, at least. */
  readonly threads: number;
  readonly messages: number;
  /** Events that have to be there. */
  readonly events?: readonly string[];
  /** Node's major version that it asks for. */
  readonly from?: number;
}

const square = 'module.exports = (n) => { if (n < 0) throw new RangeError("negative: " + n); return n * n; };';

const suiteOfThreads = `
  const { Worker } = require('node:worker_threads');
  const path = require('node:path');
  const ask = (n) => new Promise((resolve, reject) => {
    const worker = new Worker(path.join(__dirname, 'echo.cjs'), { workerData: n });
    worker.once('message', resolve).once('error', reject);
  });
`;
const echo =
  'const { parentPort, workerData } = require("node:worker_threads"); parentPort.postMessage(workerData * 2);';

export const programs: Readonly<Record<string, LibraryProgram>> = {
  piscina: {
    run: 'main.cjs',
    threads: 2,
    messages: 20,
    // Its workers sleep until there is work.
    events: ['word.wait', 'word.notify'],
    files: {
      'square.cjs': square,
      'slow.cjs': 'module.exports = () => new Promise((r) => setTimeout(r, 60_000));',
      'move.cjs': 'const { move } = require("piscina"); module.exports = ({ bytes }) => move(bytes.fill(7));',
      'main.cjs': `
        const { Piscina } = require('piscina');
        const path = require('node:path');
        const file = (name) => path.join(__dirname, name);
        (async () => {
          const pool = new Piscina({ filename: file('square.cjs'), minThreads: 2, maxThreads: 2 });
          console.log(await Promise.all(Array.from({ length: 20 }, (_, i) => pool.run(i))));
          await pool.run(-1).catch((e) => console.log(e.name, e.message, e instanceof RangeError));
          const abort = new AbortController();
          const slow = pool.run(null, { filename: file('slow.cjs'), signal: abort.signal });
          setTimeout(() => abort.abort(), 50);
          await slow.catch((e) => console.log(e.name));
          const bytes = new Uint8Array(4);
          console.log(await pool.run({ bytes }, { filename: file('move.cjs'), transferList: [bytes.buffer] }), bytes.length);
          console.log(pool.threads.length, pool.completed, pool.queueSize);
          await pool.destroy();
          console.log('done');
        })();`,
    },
  },

  tinypool: {
    run: 'main.mjs',
    threads: 2,
    messages: 20,
    files: {
      'square.mjs': 'export default (n) => { if (n < 0) throw new RangeError("negative"); return n * n; };',
      'main.mjs': `
        import Tinypool from 'tinypool';
        const filename = new URL('./square.mjs', import.meta.url).href;
        const pool = new Tinypool({ filename, minThreads: 2, maxThreads: 2, runtime: 'worker_threads' });
        console.log(await Promise.all(Array.from({ length: 20 }, (_, i) => pool.run(i))));
        await pool.run(-1).catch((e) => console.log(e.name, e.message));
        await pool.recycleWorkers();
        console.log(await pool.run(5), pool.threads.length);
        await pool.destroy();
        console.log('done');`,
    },
  },

  workerpool: {
    run: 'main.cjs',
    threads: 2,
    messages: 20,
    files: {
      'square.cjs': `
        require('workerpool').worker({
          square: (n) => n * n,
          fail: () => { throw new TypeError('mine'); },
          progress: (n) => { for (let i = 0; i < n; i++) require('workerpool').workerEmit(i); return 'progressed'; },
        });`,
      'main.cjs': `
        const workerpool = require('workerpool');
        (async () => {
          const pool = workerpool.pool(__dirname + '/square.cjs', { workerType: 'thread', minWorkers: 2, maxWorkers: 2 });
          console.log(await Promise.all(Array.from({ length: 20 }, (_, i) => pool.exec('square', [i]))));
          await pool.exec('fail').catch((e) => console.log(e.name, e.message));
          const seen = [];
          console.log(await pool.exec('progress', [3], { on: (n) => seen.push(n) }), seen);
          const proxy = await pool.proxy();
          console.log(await proxy.square(9), Object.keys(proxy).sort());
          const inline = workerpool.pool({ workerType: 'thread', maxWorkers: 1 });
          console.log(await inline.exec((a, b) => a + b, [3, 4]));
          await inline.exec(() => { for (;;); }).timeout(100).catch((e) => console.log(e.name));
          await inline.terminate();
          await pool.terminate();
          console.log('done', pool.stats().totalWorkers);
        })();`,
    },
  },

  comlink: {
    run: 'main.mjs',
    threads: 1,
    messages: 5,
    files: {
      'worker.mjs': `
        import { parentPort } from 'node:worker_threads';
        import * as Comlink from 'comlink';
        import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
        let count = 0;
        Comlink.expose({
          add: (a, b) => a + b,
          next: () => ++count,
          fail() { throw new TypeError('mine'); },
          each: async (list, callback) => { for (const item of list) await callback(item * 2); return 'each'; },
        }, nodeEndpoint(parentPort));`,
      'main.mjs': `
        import { Worker } from 'node:worker_threads';
        import * as Comlink from 'comlink';
        import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
        const worker = new Worker(new URL('./worker.mjs', import.meta.url));
        const api = Comlink.wrap(nodeEndpoint(worker));
        console.log(await api.add(1, 2), await Promise.all([api.next(), api.next(), api.next()]));
        await api.fail().catch((e) => console.log(e.name, e.message, e instanceof Error));
        const seen = [];
        console.log(await api.each([1, 2, 3], Comlink.proxy((n) => { seen.push(n); })), seen);
        api[Comlink.releaseProxy]();
        console.log('exit', await worker.terminate());
        process.exit(0);`,
    },
  },

  synckit: {
    run: 'main.cjs',
    threads: 1,
    messages: 3,
    events: ['word.wait'],
    files: {
      'worker.cjs': `
        const { runAsWorker } = require('synckit');
        runAsWorker(async (n) => {
          await new Promise((r) => setTimeout(r, 5));
          if (n < 0) throw new RangeError('negative');
          return { n, square: n * n };
        });`,
      'main.cjs': `
        const { createSyncFn } = require('synckit');
        const run = createSyncFn(require.resolve('./worker.cjs'));
        console.log(run(1), run(2), run(3));
        try { run(-1); } catch (e) { console.log(e.name, e.message, e instanceof RangeError); }
        process.nextTick(() => console.log('tick', run(4)));`,
    },
  },

  'make-synchronized': {
    run: 'main.mjs',
    threads: 1,
    messages: 2,
    events: ['word.wait'],
    files: {
      'worker.mjs':
        'export const value = 7; export default async (n) => { if (n < 0) throw new RangeError("negative"); return n * n; };',
      'main.mjs': `
        import makeSynchronized from 'make-synchronized';
        const square = makeSynchronized(new URL('./worker.mjs', import.meta.url));
        const all = makeSynchronized(new URL('./worker.mjs', import.meta.url));
        console.log([1, 2, 3].map((n) => (typeof square === 'function' ? square : square.default)(n)), all.value);
        try { (typeof square === 'function' ? square : square.default)(-1); } catch (e) { console.log(e.name, e.message); }`,
    },
  },

  threads: {
    run: 'main.cjs',
    threads: 2,
    messages: 8,
    files: {
      'worker.cjs': `
        const { expose } = require('threads/worker');
        const { Observable } = require('threads/observable');
        expose({
          square: (n) => n * n,
          fail: () => { throw new TypeError('mine'); },
          count: (n) => new Observable((observer) => { for (let i = 0; i < n; i++) observer.next(i); observer.complete(); }),
        });`,
      'main.cjs': `
        const { spawn, Pool, Thread, Worker } = require('threads');
        (async () => {
          const pool = Pool(() => spawn(new Worker('./worker.cjs')), 2);
          console.log(await Promise.all(Array.from({ length: 8 }, (_, i) => pool.queue((w) => w.square(i)))));
          await pool.completed(true);
          await pool.terminate();
          const one = await spawn(new Worker('./worker.cjs'));
          await one.fail().catch((e) => console.log(e.name, e.message));
          const seen = [];
          await new Promise((done) => one.count(3).subscribe((n) => seen.push(n), done, done));
          console.log(seen);
          await Thread.terminate(one);
          console.log('done');
        })();`,
    },
  },

  poolifier: {
    run: 'main.mjs',
    threads: 2,
    messages: 10,
    files: {
      'worker.mjs': `
        import { ThreadWorker } from 'poolifier';
        export default new ThreadWorker(({ n }) => { if (n < 0) throw new RangeError('negative'); return n * n; }, { maxInactiveTime: 60_000 });`,
      'main.mjs': `
        import { FixedThreadPool } from 'poolifier';
        const pool = new FixedThreadPool(2, new URL('./worker.mjs', import.meta.url).pathname.replace(/^\\/([A-Za-z]:)/, '$1'), {
          errorHandler: (e) => console.log('error', e.message), onlineHandler: () => {}, exitHandler: () => {} });
        console.log(await Promise.all(Array.from({ length: 10 }, (_, n) => pool.execute({ n }))));
        await pool.execute({ n: -1 }).catch((e) => console.log(String(e.message ?? e)));
        console.log(pool.info.workerNodes, pool.info.executedTasks);
        // Its \`destroy\` may never settle on Node 26, with us or without.
        process.exit(0);`,
    },
  },

  vitest: {
    run: 'node_modules/vitest/vitest.mjs',
    after: [
      'run',
      '--pool=threads',
      '--poolOptions.threads.minThreads=2',
      '--poolOptions.threads.maxThreads=2',
      '--reporter=tap-flat',
      '--testTimeout=60000',
      '--no-color',
    ],
    threads: 2,
    messages: 4,
    files: {
      'echo.cjs': echo,
      ...Object.fromEntries(
        ['a', 'b'].map((name) => [
          `${name}.test.mjs`,
          `import { describe, expect, it, vi } from 'vitest';
           import { Worker, threadId, isMainThread } from 'node:worker_threads';
           describe('${name}', () => {
             it('adds', () => expect(1 + 1).toBe(2));
             it('runs in a thread', () => expect(isMainThread).toBe(false));
             it('has timers', () => { vi.useFakeTimers(); const f = vi.fn(); setTimeout(f, 1000); vi.advanceTimersByTime(1000); expect(f).toHaveBeenCalledOnce(); vi.useRealTimers(); });
             it('starts threads', async () => {
               const worker = new Worker(new URL('./echo.cjs', import.meta.url), { workerData: 21 });
               expect(await new Promise((r) => worker.once('message', r))).toBe(42);
             });
             it('fails', () => expect([1, { a: 2 }]).toEqual([1, { a: 3 }]));
             it.skip('is skipped', () => {});
             it('has its Atomics', () => expect(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)).toBe('timed-out'));
           });`,
        ]),
      ),
    },
  },

  jest: {
    run: 'node_modules/jest/bin/jest.js',
    after: [
      '--workerThreads',
      '--maxWorkers=2',
      '--no-cache',
      '--no-color',
      '--watchman=false',
      '--testMatch=**/*.spec.js',
    ],
    threads: 2,
    messages: 3,
    files: {
      'echo.cjs': echo,
      ...Object.fromEntries(
        ['a', 'b', 'c'].map((name) => [
          `${name}.spec.js`,
          `${suiteOfThreads}
           jest.setTimeout(30_000);
           describe('${name}', () => {
             it('adds', () => expect(1 + 1).toBe(2));
             it('runs in a thread', () => expect(require('node:worker_threads').isMainThread).toBe(false));
             it('has timers', () => { jest.useFakeTimers(); const f = jest.fn(); setTimeout(f, 1000); jest.advanceTimersByTime(1000); expect(f).toHaveBeenCalled(); jest.useRealTimers(); });
             it('starts threads', async () => expect(await ask(21)).toBe(42));
             it('waits', () => expect(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)).toBe('timed-out'));
             it('fails', () => expect({ a: 2 }).toEqual({ a: 3 }));
           });`,
        ]),
      ),
    },
  },

  'node --test': {
    run: '--test',
    after: ['--test-reporter=tap', 'suite.test.cjs'],
    isChild: true,
    threads: 1,
    messages: 1,
    files: {
      'echo.cjs': echo,
      'suite.test.cjs': `${suiteOfThreads}
        const { describe, it, mock } = require('node:test');
        const assert = require('node:assert');
        describe('threads', () => {
          it('adds', () => assert.equal(1 + 1, 2));
          it('starts threads', async () => assert.equal(await ask(21), 42));
          it('mocks', () => { const wait = mock.method(Atomics, 'wait', () => 'mocked'); assert.equal(Atomics.wait(), 'mocked'); wait.mock.restore(); assert.equal(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1), 'not-equal'); });
          it('fails', () => assert.deepEqual({ a: 1 }, { a: 2 }));
        });`,
    },
  },

  mocha: {
    run: 'mocha.cjs',
    threads: 1,
    messages: 1,
    files: {
      'echo.cjs': echo,
      'mocha.cjs': `process.argv.push('--reporter=tap', '--timeout=60000', 'suite.spec.cjs'); require(process.env.MOCHA + '/lib/cli/cli.js').main();`,
      'suite.spec.cjs': `${suiteOfThreads}
        const assert = require('node:assert');
        describe('threads', () => {
          it('adds', () => assert.equal(1 + 1, 2));
          it('starts threads', async () => assert.equal(await ask(21), 42));
          it('leaves no globals', () => assert.deepEqual(Object.keys(globalThis).filter((k) => /lanes/i.test(k)), []));
          it('fails', () => assert.deepEqual({ a: 1 }, { a: 2 }));
        });`,
    },
  },

  tsx: {
    run: 'tsx.cjs',
    threads: 1,
    messages: 1,
    // On Node 20 a worker does not get tsx, with us or without. Whether tsx starts a loader thread, which takes a thread
    // id, depends on what else is preloaded.
    from: 22,
    files: {
      'tsx.cjs': `require(process.env.TSX + '/dist/preflight.cjs'); require(process.env.TSX + '/dist/cjs/index.cjs'); require('./main.ts');`,
      'main.ts': `
        import { Worker, threadId } from 'node:worker_threads';
        import { join } from 'node:path';
        interface Answer { readonly id: number; readonly sum: number }
        const worker = new Worker(join(__dirname, 'worker.cjs'), { workerData: [1, 2] as readonly number[] });
        worker.on('message', ({ id, sum }: Answer) => console.log(threadId, id > 0, sum));
        worker.on('exit', (code: number) => console.log('exit', code));`,
      'worker.cjs':
        'const { parentPort, workerData, threadId } = require("node:worker_threads"); parentPort.postMessage({ id: threadId, sum: workerData[0] + workerData[1] });',
    },
  },
};
