import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

const wt = `const { Worker, isMainThread, parentPort } = require('node:worker_threads');`;

describe('recorder: standard streams of workers', () => {
  it('what a worker prints is a message to its parent', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            const named = new Worker(__filename, { name: 'reader' });
            named.on('message', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100));
          } else {
            parentPort.postMessage(0);
            console.log('one');
            console.log('two');
            process.stderr.write('three\\n');
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
          }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        for (const [name, lines] of [
          ['reader stdout', [7, undefined]],
          ['reader stderr', [9]],
        ] as const) {
          const port = [...trace.objects.values()].find((object) => object.name === name);
          assert.deepEqual([port?.kind, port?.from, port?.to], ['port', 1, 0]);
          const of = (op: string) => trace.named(op).filter(({ object }) => object === port?.id);
          assert.deepEqual(
            of('port.post').map(({ site }) => site?.line),
            lines,
          );
          const numbers = lines.map((_, i) => i);
          for (const op of ['port.post', 'port.receive', 'port.handled']) {
            assert.deepEqual(
              of(op).map(({ arg }) => arg),
              numbers,
              `${name} ${op}`,
            );
          }
          assert.deepEqual(new Set(of('port.receive').map(({ thread }) => thread)), new Set([0]));
          const [posted] = of('port.post');
          const [received] = of('port.receive');
          assert.ok(posted && received && posted.t < received.t);
        }
      },
    ));

  it('what is written to a worker is one to it; workers of workers too, and nothing for silent ones', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            new Worker('', { eval: true });
            const w = new Worker(__filename, { stdin: true, stdout: true });
            w.stdout.on('data', (text) => console.log('got', String(text).trim()));
            w.stdin.end('hello');
          } else if (process.argv[2] !== 'inner') {
            process.stdin.on('data', (text) => console.log(String(text), process.listenerCount('exit'), process.stdout.listenerCount('drain'), process.stdout.columns));
            new Worker(__filename, { argv: ['inner'] });
          } else console.error('inner');`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        const streams = [...trace.objects.values()].filter(({ name }) => name !== null);
        assert.deepEqual(streams.map(({ name, from, to }) => `${name}: ${from}→${to}`).sort(), [
          'main.cjs#2 stderr: 2→0',
          'main.cjs#2 stdin: 0→2',
          'main.cjs#2 stdout: 2→0',
          'main.cjs#3 stderr: 3→2',
        ]);
        for (const { id } of streams) {
          const numbers = (op: string) =>
            trace
              .named(op)
              .filter(({ object }) => object === id)
              .map(({ arg }) => arg);
          assert.deepEqual(numbers('port.receive'), numbers('port.post'));
        }
      },
    ));

  it('a message of the program that looks like Node’s own is none of a stream', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) new Worker(__filename).on('message', (m) => console.log(m.type));
          else { parentPort.postMessage({ type: 'stdioPayload', stream: 'stdout', chunks: [] }); }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.deepEqual(
          [...trace.objects.values()].filter(({ name }) => name !== null),
          [],
        );
      },
    ));
});
