import assert from 'node:assert/strict';
import { builtRecorder, withProgram } from './recordedProgram.js';

/** Each way to start a worker, with the event that shows that the recorder was in it. */
const forms: Readonly<Record<string, string>> = {
  'a CommonJS file': `new Worker(path.join(__dirname, 'w.cjs'))`,
  'an ES module': `new Worker(path.join(__dirname, 'w.mjs'))`,
  'a data: URL': `new Worker(new URL('data:text/javascript,import { parentPort } from "node:worker_threads"; parentPort.postMessage("hi")'))`,
  eval: `new Worker(code, { eval: true })`,
  'execArgv: []': `new Worker(path.join(__dirname, 'w.cjs'), { execArgv: [] })`,
  'env: {}': `new Worker(path.join(__dirname, 'w.cjs'), { env: {} })`,
  'execArgv and env': `new Worker(code, { eval: true, execArgv: [], env: {} })`,
  SHARE_ENV: `new Worker(path.join(__dirname, 'w.mjs'), { env: SHARE_ENV })`,
  'options by inheritance': `new Worker(code, Object.create({ eval: true, env: { A: '1' } }))`,
  'a derived class': `new (class Mine extends Worker {})(code, { eval: true, execArgv: ['--no-warnings'] })`,
};

const post = `const { parentPort } = require('node:worker_threads'); parentPort.postMessage('hi');`;

function programOf(expression: string): Record<string, string> {
  return {
    'main.cjs': `
      const { Worker, SHARE_ENV } = require('node:worker_threads');
      const path = require('node:path');
      const code = ${JSON.stringify(post)};
      const worker = ${expression};
      console.log(worker.threadId, worker instanceof Worker, worker.constructor.name);
      worker.on('message', (m) => console.log(m)).on('exit', (c) => console.log('exit', c, worker.threadId));
    `,
    'w.cjs': post,
    'w.mjs': `import { parentPort } from 'node:worker_threads'; parentPort.postMessage('hi');`,
  };
}

describe('recorder: workers', () => {
  for (const [form, expression] of Object.entries(forms)) {
    for (const via of ['-r', 'NODE_OPTIONS'] as const) {
      it(`reaches a worker from ${form}, loaded by ${via}`, () =>
        withProgram(programOf(expression), async (folder) => {
          const plain = await folder.run('main.cjs', { record: false });
          const options = via === '-r' ? {} : { record: false, env: { NODE_OPTIONS: `-r ${await builtRecorder()}` } };
          const { outcome, trace } = await folder.record('main.cjs', options);
          assert.deepEqual(outcome, plain);
          assert.deepEqual(
            trace
              .named('thread.start', 'thread.begin', 'thread.end')
              .map(({ name, thread, object }) => [name, thread, object]),
            [
              ['thread.begin', 0, 0],
              ['thread.start', 0, 1],
              ['thread.begin', 1, 1],
              ['thread.end', 1, 1],
              ['thread.end', 0, 0],
            ],
          );
          assert.deepEqual(trace.end, { ...trace.end, end: 'clean', code: 0 });
        }));
    }
  }

  it('reaches workers of workers, and counts threads as the program does', () =>
    withProgram(
      {
        'main.cjs': `
          const wt = require('node:worker_threads');
          const depth = wt.workerData ?? 0;
          console.log(depth, wt.threadId, process.execArgv.join());
          if (depth < 3) {
            const worker = new wt.Worker(__filename, { workerData: depth + 1, execArgv: [], env: {}, name: 'depth ' + depth });
            console.log('started', worker.threadId);
            worker.on('message', (m) => { console.log(m); wt.parentPort?.postMessage(m); });
          } else wt.parentPort.postMessage('from the deepest ' + wt.threadId);
        `,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs', {
          record: false,
          env: { NODE_OPTIONS: `-r ${await builtRecorder()}` },
        });
        assert.deepEqual(outcome, plain);
        assert.deepEqual(
          [...trace.threads.values()].map(({ id, name, parent, file }) => [id, name, parent, file]),
          [
            [0, null, null, 'main.cjs'],
            [1, 'depth 0', 0, 'main.cjs'],
            [2, 'depth 1', 1, 'main.cjs'],
            [3, 'depth 2', 2, 'main.cjs'],
          ],
        );
        assert.equal(trace.named('thread.begin').length, 4);
      },
    ));

  it('keeps what a constructor throws, and starts the next worker as if nothing had happened', () =>
    withProgram(
      {
        'main.cjs': `
          const { Worker } = require('node:worker_threads');
          for (const args of [['nowhere'], ['./x.js', null], ['./x.js', { execArgv: 1 }], ['./x.js', { env: 1 }],
            ['', { eval: true, workerData: () => {} }], [1], ['./x.js', { execArgv: ['--bad'] }]]) {
            try { new Worker(...args); console.log('made'); } catch (e) { console.log(e.name, e.code, e.message); }
          }
          try { Worker('x'); } catch (e) { console.log(e.message); }
          console.log(Worker.name, Worker.length, String(Object.keys(Object.getOwnPropertyDescriptors(Worker))));
          new Worker('', { eval: true }).on('exit', (c) => console.log('exit', c));
        `,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        const begun = trace.named('thread.begin').map(({ object }) => object);
        const ended = trace.named('thread.end').map(({ object }) => object);
        const started = trace.named('thread.start').map(({ object }) => object);
        assert.equal(begun.length, 2);
        assert.deepEqual([...started, 0].sort(), ended.sort());
      },
    ));

  it('an ES module program gets the same Worker by every import', () =>
    withProgram(
      {
        'main.mjs': `
          import wt, { Worker, MessageChannel, threadId, isMainThread } from 'node:worker_threads';
          import * as all from 'node:worker_threads';
          console.log(wt.Worker === Worker, all.Worker === Worker, MessageChannel === wt.MessageChannel,
            globalThis.MessageChannel === MessageChannel, threadId);
          if (isMainThread) new Worker(new URL(import.meta.url));
        `,
      },
      async (folder) => {
        const plain = await folder.run('main.mjs', { record: false });
        const { outcome, trace } = await folder.record('main.mjs');
        assert.deepEqual(outcome, plain);
        assert.equal(trace.named('thread.start')[0]?.site?.line, 6);
      },
    ));
});
