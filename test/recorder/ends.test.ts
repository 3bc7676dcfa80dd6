import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';
import type { Outcome, Trace } from './recordedProgram.js';

interface Case {
  readonly name: string;
  readonly main: string;
  readonly args?: readonly string[];
  /** How the trace says that the process ended; null: it could not say. */
  readonly end: readonly [kind: string, code: number | null] | null;
  /** Thread, error, and its line in main.cjs where it has one. */
  readonly fails?: readonly (readonly [thread: number, error: string, line: number | null])[];
  /** Exit codes of the workers, in order of their ids. */
  readonly codes?: readonly number[];
}

const start = `const { Worker, isMainThread, parentPort, threadId, workerData } = require('node:worker_threads');`;
/** Runs `then` once a first worker has come and gone, so that the process is threaded. */
const after = (then: string): string => `${start}\nnew Worker('', { eval: true }).on('exit', () => {\n${then}\n});`;
/** Runs `code` in a worker of the same file, and tells what its parent hears. */
const inside = (code: string, options = '{}'): string => `${start}
if (isMainThread) {
  const worker = new Worker(__filename, ${options});
  for (const event of ['online', 'message', 'error', 'exit']) worker.on(event, (v) => console.log(event, v?.code ?? v?.message ?? v));
} else {
${code}
}`;

const mainCases: readonly Case[] = [
  {
    name: 'process.exit inside a promise',
    main: after(`Promise.resolve().then(() => process.exit(4));`),
    end: ['exit', 4],
  },
  { name: 'process.exit with 0', main: after(`process.exit(0);`), end: ['exit', 0] },
  { name: 'process.reallyExit', main: after(`process.reallyExit(6);`), end: ['exit', 6] },
  {
    name: 'an exit code that an exit listener sets',
    main: after(`process.on('exit', () => { process.exitCode = 12; });`),
    end: ['exit', 12],
  },
  {
    name: 'beforeExit that goes on for a while',
    main: after(
      `let n = 0; process.on('beforeExit', (c) => { console.log('before', c); if (n++ < 2) setTimeout(() => {}, 1); });`,
    ),
    end: ['clean', 0],
  },
  {
    name: 'an exit listener that throws',
    main: after(`process.on('exit', () => {\nthrow new TypeError('late');\n});`),
    end: ['exit', 1],
    fails: [[0, 'TypeError', 4]],
  },
  {
    name: 'an exit listener that throws in process.exit',
    main: after(`process.on('exit', () => { throw new TypeError('late'); }); process.exit(3);`),
    end: ['exit', 3],
    fails: [[0, 'TypeError', 3]],
  },
  {
    name: 'an exit listener that throws, and a program that goes on',
    main: after(
      `process.once('exit', () => { throw new Error('late'); }); try { process.exit(3); } catch { console.log('goes on'); }\n` +
        `new Worker('', { eval: true }).on('exit', () => { console.log('another'); process.exitCode = 0; });`,
    ),
    end: ['clean', 0],
    codes: [0, 0],
  },
  {
    name: 'an error that the monitor sees and nobody takes',
    main: after(
      `process.on('uncaughtExceptionMonitor', (e) => console.log('saw', e.message)); throw new SyntaxError('mine');`,
    ),
    end: ['exit', 1],
    fails: [[0, 'SyntaxError', 3]],
  },
  {
    name: 'a capture callback',
    main: after(
      `process.setUncaughtExceptionCaptureCallback((e) => console.log('took', e.message)); throw new Error('mine');`,
    ),
    end: ['clean', 0],
  },
  {
    name: 'a domain',
    main: after(
      `const d = require('node:domain').create(); d.on('error', (e) => console.log('took', e.message)); d.run(() => { throw new Error('mine'); });`,
    ),
    end: ['clean', 0],
  },
  {
    name: 'an uncaughtException listener that throws',
    main: after(`process.on('uncaughtException', () => { throw new Error('worse'); }); throw new Error('first');`),
    end: ['exit', 7],
    fails: [[0, 'Error', 3]],
  },
  ...(
    [
      ['strict', 1, 'Error'],
      ['throw', 1, 'Error'],
      ['warn', 0, null],
      ['none', 0, null],
      ['warn-with-error-code', 1, null],
    ] as const
  ).map(([mode, code, error]) => ({
    name: `--unhandled-rejections=${mode}`,
    main: after(`Promise.reject(new Error('mine'));`),
    args: [`--unhandled-rejections=${mode}`],
    end: [code === 0 ? 'clean' : 'exit', code] as const,
    fails: error === null ? [] : ([[0, error, 3]] as const),
  })),
  { name: 'a value that is no error', main: after(`throw null;`), end: ['exit', 1], fails: [[0, 'object', null]] },
  { name: 'abort', main: after(`process.abort();`), end: null },
  {
    name: 'a signal to itself',
    main: after(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1e6);`),
    end: null,
  },
  {
    name: 'a signal that is handled',
    main: after(
      `process.on('SIGTERM', () => process.exit(2)); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1e6);`,
    ),
    end: ['exit', 2],
  },
  {
    name: 'SIGINT while main is blocked',
    main: after(`setImmediate(() => {});
      require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => process.kill(process.ppid, "SIGINT"), 100)']);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);`),
    end: null,
  },
];

const workerCases: readonly Case[] = [
  { name: 'process.exit', main: inside(`process.exit(5);`), end: ['clean', 0], codes: [5] },
  {
    name: 'an error with its line',
    main: inside(`\nthrow new RangeError('far');`),
    end: ['clean', 0],
    codes: [1],
    fails: [[1, 'RangeError', 7]],
  },
  {
    name: 'an unhandled rejection',
    main: inside(`Promise.reject(new EvalError('mine'));`),
    end: ['clean', 0],
    codes: [1],
    fails: [[1, 'EvalError', 6]],
  },
  {
    name: 'an exit listener that throws',
    main: inside(`process.on('exit', () => { throw new Error('late'); });`),
    end: ['clean', 0],
    codes: [0],
    fails: [[1, 'Error', 6]],
  },
  {
    name: 'process.exit in an exit listener',
    main: inside(`process.on('exit', () => process.exit(8)); process.exitCode = 2;`),
    end: ['clean', 0],
    codes: [8],
  },
  {
    name: 'no more memory',
    main: inside(
      `const a = []; for (;;) a.push(new Array(1e4).fill(a.length));`,
      `{ resourceLimits: { maxOldGenerationSizeMb: 16 } }`,
    ),
    end: ['clean', 0],
    codes: [1],
    fails: [[1, 'ERR_WORKER_OUT_OF_MEMORY', null]],
  },
  {
    name: 'a file that does not exist',
    main: `${start}\nnew Worker('./nowhere.cjs').on('error', (e) => console.log(e.code)).on('exit', (c) => console.log(c));`,
    end: ['clean', 0],
    codes: [1],
    fails: [[1, 'Error', null]],
  },
  {
    name: 'a file that cannot be parsed',
    main: `${start}\nnew Worker('1 +', { eval: true }).on('error', (e) => console.log(e.name)).on('exit', (c) => console.log(c));`,
    end: ['clean', 0],
    codes: [1],
    fails: [[1, 'SyntaxError', null]],
  },
  {
    name: 'an error of a worker that nobody listens to',
    main: `${start}\nif (isMainThread) new Worker(__filename); else { throw new URIError('mine'); }`,
    end: ['exit', 1],
    codes: [1],
    fails: [
      [0, 'URIError', 2],
      [1, 'URIError', 2],
    ],
  },
  {
    name: 'termination before it runs',
    main: `${start}\nconst w = new Worker('setInterval(() => {}, 1e6)', { eval: true }); w.terminate().then((c) => console.log(c, w.threadId));`,
    end: ['clean', 0],
    codes: [0],
  },
  {
    name: 'termination while it spins',
    main: `${start}\nconst w = new Worker('for (;;);', { eval: true }); w.on('online', () => w.terminate().then((c) => console.log(c)));`,
    end: ['clean', 0],
    codes: [1],
  },
  {
    name: 'termination while it waits',
    main: `${start}\nconst w = new Worker('require("node:worker_threads").parentPort.postMessage(1); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', { eval: true }); w.on('message', () => w.terminate().then((c) => console.log(c)));`,
    end: ['clean', 0],
    codes: [1],
  },
  {
    name: 'disposal',
    main: `${start}\nconst w = new Worker('setInterval(() => {}, 1e6)', { eval: true });
      (w[Symbol.asyncDispose ?? ''] ?? w.terminate).call(w).then((c) => console.log(c === undefined || c));`,
    end: ['clean', 0],
    codes: [0],
  },
  {
    name: 'process.exit of main while workers of workers live',
    main: `${start}
      if (threadId < 3) new Worker(__filename).on('message', (m) => (isMainThread ? process.exit(9) : parentPort.postMessage(m)));
      else { parentPort.postMessage('up'); setInterval(() => {}, 1e6); }`,
    end: ['exit', 9],
    codes: [],
  },
];

/** Node's report names lines of its own, and where it was sent. */
const withoutFrames = (text: string): string =>
  text
    .replace(/^ +at .*\n/gm, '')
    .replace(/\(node:\d+\)/g, '(node)')
    .replace(/^node:internal.*$/gm, 'node:internal');

/** A crash tells addresses. */
const withoutCrash = ({ stderr, ...rest }: Outcome): object =>
  rest.signal === 'SIGABRT' ? rest : { ...rest, stderr: withoutFrames(stderr) };

function failures(trace: Trace): unknown[] {
  return trace
    .named('thread.fail')
    .map(({ object, arg, site }) => [object, trace.strings[arg], site?.line ?? null])
    .sort(([a], [b]) => Number(a) - Number(b));
}

describe('recorder: ends', () => {
  for (const [where, cases] of [
    ['main', mainCases],
    ['a worker', workerCases],
  ] as const) {
    for (const { name, main, args = [], end, fails = [], codes = [0] } of cases) {
      it(`${where}: ${name}`, () =>
        withProgram({ 'main.cjs': main }, async (folder) => {
          const plain = await folder.run('main.cjs', { record: false, args });
          const { outcome, trace } = await folder.record('main.cjs', { args });
          assert.deepEqual(withoutCrash(outcome), withoutCrash(plain));
          assert.deepEqual(trace.end?.kind === 'end' ? [trace.end.end, trace.end.code] : null, end);
          // Killed: what the collector had not yet read is lost.
          if (end === null) return;
          assert.deepEqual(failures(trace), fails);
          const ends = trace.named('thread.end').sort((a, b) => a.object - b.object);
          assert.deepEqual(
            ends.filter(({ object }) => object !== 0).map(({ arg }) => arg),
            codes,
          );
          assert.deepEqual(
            ends.filter(({ object }) => object === 0).map(({ arg }) => arg),
            [end[1]],
          );
        }));
    }
  }

  it('unsettled top-level await has its exit code', () =>
    withProgram(
      {
        'main.mjs': `import { Worker } from 'node:worker_threads'; new Worker('', { eval: true }); await new Promise(() => {});`,
      },
      async (folder) => {
        const plain = await folder.run('main.mjs', { record: false });
        const { outcome, trace } = await folder.record('main.mjs');
        assert.equal(outcome.code, 13);
        assert.deepEqual(outcome, plain);
        assert.deepEqual(trace.end, { ...trace.end, end: 'exit', code: 13 });
      },
    ));

  it('exit listeners of the program run before the last event is written', () =>
    withProgram(
      {
        'main.cjs': after(`
          process.on('exit', () => Atomics.notify(new Int32Array(new SharedArrayBuffer(4)), 0));
          process.exit(1);`),
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        const [last, before] = trace.allEvents.filter(({ thread }) => thread === 0).reverse();
        assert.deepEqual([before?.name, last?.name], ['word.notify', 'thread.end']);
      },
    ));

  it('threads that are ended while they write leave whole records', function () {
    this.timeout(120_000);
    return withProgram(
      {
        'main.cjs': `
          const { Worker, isMainThread, threadId } = require('node:worker_threads');
          if (!isMainThread) {
            const words = new Int32Array(new SharedArrayBuffer(4));
            for (let i = 0; ; i++) Atomics.notify(words, 0, i % 1000);
          } else {
            let left = Number(process.argv[2]);
            const next = () => {
              if (left-- <= 0) return;
              const worker = new Worker(__filename);
              worker.on('online', () => setTimeout(() => worker.terminate(), (left * 7 + 77) % 11)).on('exit', next);
            };
            next(), next(), next(), next();
          }`,
      },
      async (folder) => {
        const count = 24;
        const { outcome, trace } = await folder.record('main.cjs', {
          after: [String(count)],
          settings: { ringEvents: 256, whenFull: 'drop' },
        });
        assert.deepEqual(outcome, { code: 0, signal: null, stdout: '', stderr: '' });
        assert.equal(trace.named('thread.end').length, count + 1);
        assert.deepEqual(trace.end, { ...trace.end, end: 'clean', code: 0 });
        const known = new Set(['thread.begin', 'word.notify', 'loop.sample']);
        for (const event of trace.allEvents.filter(({ thread }) => thread !== 0)) {
          assert.ok(known.has(event.name), event.name);
          if (event.name === 'word.notify') assert.equal(trace.objects.get(event.object)?.thread, event.thread);
        }
      },
    );
  });
});
