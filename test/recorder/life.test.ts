import assert from 'node:assert/strict';
import { builtRecorder, withProgram } from './recordedProgram.js';
import type { Trace } from './recordedProgram.js';

const lives = (trace: Trace): unknown[] =>
  trace
    .named('thread.end', 'thread.fail', 'thread.terminate')
    .map(({ name, thread, object, arg }) => [
      name,
      thread,
      object,
      name === 'thread.fail' ? trace.strings[arg] : Number.isNaN(arg) ? null : arg,
    ]);

interface Case {
  readonly name: string;
  readonly main: string;
  readonly lives: readonly unknown[];
  readonly end: readonly [string, number | null];
  /** A line of main.cjs that the failure or termination is shown at. */
  readonly line?: number;
}

const started = `const { Worker, isMainThread, parentPort, threadId } = require('node:worker_threads');`;
const evaluated = (code: string): string => `new Worker(${JSON.stringify(code)}, { eval: true })`;
const forever = `require('node:worker_threads').parentPort.on('message', () => {}); require('node:worker_threads').parentPort.postMessage('up')`;

const cases: readonly Case[] = [
  {
    name: 'process.exit in a worker',
    main: `${started}\n${evaluated('process.on("exit", (c) => console.log("bye", c)); process.exit(7)')}.on('exit', (c) => console.log('exit', c));`,
    lives: [
      ['thread.end', 1, 1, 7],
      ['thread.end', 0, 0, 0],
    ],
    end: ['clean', 0],
  },
  {
    name: 'process.exit in main while a worker lives',
    main: `${started}\n${evaluated(forever)}.on('message', () => { process.on('exit', (c) => console.log('main', c, process.exitCode)); process.exit(5); });`,
    lives: [['thread.end', 0, 0, 5]],
    end: ['exit', 5],
  },
  {
    name: 'process.exit again inside an exit listener',
    main: `${started}\n${evaluated('')}.on('exit', () => { process.on('exit', () => process.exit(9)); process.exit(1); });`,
    lives: [
      ['thread.end', 1, 1, 0],
      ['thread.end', 0, 0, 9],
    ],
    end: ['exit', 9],
  },
  {
    name: 'an exit code set without process.exit',
    main: `${started}\n${evaluated('')}.on('exit', () => { process.exitCode = 3; });`,
    lives: [
      ['thread.end', 1, 1, 0],
      ['thread.end', 0, 0, 3],
    ],
    end: ['exit', 3],
  },
  {
    name: 'an uncaught error in main',
    main: `${started}\n${evaluated('')}.on('exit', () => {\n throw new RangeError('too far');\n});`,
    lives: [
      ['thread.end', 1, 1, 0],
      ['thread.fail', 0, 0, 'RangeError'],
      ['thread.end', 0, 0, 1],
    ],
    end: ['exit', 1],
    line: 3,
  },
  {
    name: 'an uncaught error in a worker, which its parent takes',
    main: `${started}\nif (isMainThread) new Worker(__filename).on('error', (e) => console.log(e.message)).on('exit', (c) => console.log(c));\nelse null.x;`,
    lives: [
      ['thread.fail', 1, 1, 'TypeError'],
      ['thread.end', 1, 1, 1],
      ['thread.end', 0, 0, 0],
    ],
    end: ['clean', 0],
    line: 3,
  },
  {
    name: 'an unhandled rejection without an error',
    main: `${started}\n${evaluated('')}.on('exit', () => { Promise.reject(4); });`,
    lives: [
      ['thread.end', 1, 1, 0],
      ['thread.fail', 0, 0, 'UnhandledPromiseRejection'],
      ['thread.end', 0, 0, 1],
    ],
    end: ['exit', 1],
  },
  {
    name: 'a handled uncaught error',
    main: `${started}\nprocess.on('uncaughtException', (e) => console.log('caught', e.message));\n${evaluated('')}.on('exit', () => { throw new Error('no harm'); });`,
    lives: [
      ['thread.end', 1, 1, 0],
      ['thread.end', 0, 0, 0],
    ],
    end: ['clean', 0],
  },
  {
    name: 'terminate',
    main: `${started}\nconst w = ${evaluated(forever)};\nw.on('message', async () => {\n console.log(await w.terminate(), w.threadId);\n});`,
    lives: [
      ['thread.terminate', 0, 1, null],
      ['thread.end', 0, 1, 1],
      ['thread.end', 0, 0, 0],
    ],
    end: ['clean', 0],
    line: 4,
  },
  {
    name: 'terminate of a worker that has a worker',
    main: `${started}
      if (isMainThread) { const w = new Worker(__filename); w.on('message', async () => console.log(await w.terminate())); }
      else if (threadId === 1) new Worker(__filename).on('message', (m) => parentPort.postMessage(m));
      else { parentPort.postMessage('up'); setInterval(() => {}, 1000); }`,
    lives: [
      ['thread.terminate', 0, 1, null],
      ['thread.end', 0, 1, 1],
      ['thread.end', 2, 2, 1],
      ['thread.end', 0, 0, 0],
    ],
    end: ['clean', 0],
  },
];

describe('recorder: how threads end', () => {
  for (const { name, main, lives: expected, end, line } of cases) {
    it(name, () =>
      withProgram({ 'main.cjs': main }, async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(
          { ...outcome, stderr: withoutFrames(outcome.stderr) },
          { ...plain, stderr: withoutFrames(plain.stderr) },
        );
        const byThread = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
        assert.deepEqual(byThread(lives(trace)), byThread(expected));
        assert.ok(trace.end?.kind === 'end');
        assert.deepEqual([trace.end.end, trace.end.code], end);
        if (line !== undefined) {
          assert.equal(trace.named('thread.fail', 'thread.terminate')[0]?.site?.line, line);
        }
      }),
    );
  }

  it('holds everything when all threads are blocked and the process is killed', () =>
    withProgram(
      {
        'main.cjs': `${started}
          const fs = require('node:fs');
          if (isMainThread) {
            const words = new Int32Array(new SharedArrayBuffer(12));
            for (const i of [0, 1]) new Worker(__filename, { workerData: { words, i } });
            while (Atomics.load(words, 2) < 2) Atomics.wait(words, 2, Atomics.load(words, 2), 20);
            const own = new Int32Array(new SharedArrayBuffer(4));
            Atomics.wait(own, 0, 0, 500);
            fs.writeSync(1, 'blocked');
            Atomics.wait(own, 0, 0);
          } else {
            const { words, i } = require('node:worker_threads').workerData;
            Atomics.add(words, 2, 1);
            Atomics.notify(words, 2);
            Atomics.wait(words, i, 0);
          }`,
      },
      async (folder) => {
        const outcome = await folder.run('main.cjs', { killWhen: 'blocked' });
        assert.equal(outcome.signal, 'SIGKILL');
        const trace = await folder.readTrace();
        assert.equal(trace.end, undefined);
        const last = [1, 2].map((thread) => trace.allEvents.filter((event) => event.thread === thread).at(-1));
        assert.deepEqual(
          last.map((event) => [event?.name, event?.extra, event?.site?.line]),
          [
            ['word.wait', -1, 15],
            ['word.wait', -1, 15],
          ],
        );
        const complete = trace.markers.filter(({ kind }) => kind === 'complete').at(-1);
        assert.ok(complete && complete.t >= Math.max(...last.map((event) => event?.t ?? Infinity)));
      },
    ));

  it('the program counts no listener, handle or thread of the recorder', () =>
    withProgram(
      {
        'main.cjs': `${started}
          process.on('worker', (w) => console.log('worker', w.threadId));
          const count = (where) => console.log(where, process.eventNames().map((e) => [String(e), process.listenerCount(e)]).sort().join(';'),
            process.getActiveResourcesInfo().filter((r) => !/Pipe|TTY/.test(r)).join(), Object.keys(process).includes('emit'),
            Object.keys(globalThis).join(), Object.keys(process.env).includes('x'), require('node:worker_threads').getEnvironmentData('threadlanes.handover'),
            require('node:worker_threads').workerData, process.execArgv.filter((a) => !/^-r$|register.cjs$/.test(a)).join(), threadId,
            [Atomics.wait, Atomics.notify, Worker, Worker.prototype.terminate, require('node:worker_threads').receiveMessageOnPort].map((f) => f.name + f.length).join());
          count(threadId);
          if (isMainThread) {
            const w = new Worker(__filename, { execArgv: [], workerData: 'mine' });
            w.on('exit', () => count('end'));
            console.log(w.listenerCount('exit'), w.listenerCount('error'), w.eventNames().map(String).join());
          }
          process.removeAllListeners();`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.ok(trace.end);
      },
    ));

  it('a process that never becomes threaded leaves nothing', () =>
    withProgram(
      {
        'main.cjs': `
          const { port1, port2 } = new MessageChannel();
          port2.on('message', (m) => { console.log(m); port2.close(); });
          port1.postMessage(structuredClone({ a: 1 }));
          console.log(Atomics.notify(new Int32Array(new SharedArrayBuffer(4)), 0), Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1));
          process.exitCode = 4;`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        assert.deepEqual(await folder.run('main.cjs'), plain);
        assert.deepEqual(folder.traceFiles(), []);
        await builtRecorder();
      },
    ));
});

/** Errors that pass through a replaced function carry its frame. */
function withoutFrames(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n');
}
