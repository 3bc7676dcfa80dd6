import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

const wt = `const { Worker, isMainThread, parentPort, workerData, threadId } = require('node:worker_threads');`;

describe('recorder: Atomics', () => {
  it('a word is the same object in every thread, however its buffer came there', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const pause = () => { for (const end = Date.now() + 2; Date.now() < end; ); };
          if (isMainThread) {
            const shared = new SharedArrayBuffer(64);
            const words = new Int32Array(shared, 16);
            const w = new Worker(__filename, { workerData: { view: new Int32Array(shared, 8, 4) } });
            w.postMessage(shared);
            console.log(Atomics.wait(words, 1, 0, 20000));
            while (Atomics.notify(words, 0) === 0) pause();
          } else parentPort.once('message', (shared) => {
            const whole = new BigInt64Array(shared);
            const { view } = workerData;
            while (Atomics.notify(view, 3) === 0) pause();
            console.log(Atomics.wait(view, 2, 0), Atomics.wait(whole, 2, 99n, 1), Atomics.wait(whole, 5, 0n, 1));
          });`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        const words = [...trace.objects.values()].filter(({ kind }) => kind === 'word');
        assert.equal(new Set(words.map(({ buffer }) => buffer)).size, 1);
        assert.deepEqual(words.map(({ offset }) => offset).sort(), [16, 20, 40]);
        const at = (offset: number): unknown[] =>
          trace.allEvents
            .filter(({ object, name }) => trace.objects.get(object)?.offset === offset && name.startsWith('word.'))
            .filter(({ name, arg }) => name !== 'word.notify' || arg > 0)
            .sort((a, b) => a.name.localeCompare(b.name))
            .map(({ name, thread, extra }) => [name, thread, extra]);
        assert.deepEqual(at(20), [
          ['word.notify', 1, 0],
          ['word.wait', 0, 20000],
          ['word.woken', 0, 0],
        ]);
        assert.deepEqual(
          new Set(trace.named('word.wait').map(({ site, thread }) => `${thread}:${site?.line}`)),
          new Set(['0:8', '1:14']),
        );
        assert.deepEqual(at(40), [
          ['word.timeout', 1, 0],
          ['word.wait', 1, 1],
        ]);
      },
    ));

  it('calls behave as without the recorder, whatever they are given', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const log = [];
          const odd = (name, value) => ({ valueOf() { log.push(name); return value; } });
          const ia = new Int32Array(new SharedArrayBuffer(16));
          const big = new BigInt64Array(new SharedArrayBuffer(16));
          const plain = new Int32Array(4);
          new Worker('', { eval: true });
          const tries = [
            () => Atomics.wait(), () => Atomics.wait(plain, 0, 0, 0), () => Atomics.wait(ia, 9, 0, 0), () => Atomics.wait(ia, -1, 0, 0),
            () => Atomics.wait(ia, odd('i', 0), odd('v', 0), odd('t', 1)), () => Atomics.wait(ia, odd('i', 7), odd('v', 0), odd('t', 1)),
            () => Atomics.wait(ia, 0, 5n, 1), () => Atomics.wait(big, 0, 1, 1), () => Atomics.wait(big, 0, 1n, 1), () => Atomics.wait(big, 0, 0n, 1),
            () => Atomics.wait(ia, '1', 0, '2'), () => Atomics.wait(ia, 1.7, 0.5, 1), () => Atomics.wait(ia, NaN, 1, Infinity), () => Atomics.wait(ia, 0, 0, -5),
            () => Atomics.wait(ia, 0, 0, null), () => Atomics.wait(ia, 0, 0, Symbol('x')), () => Atomics.wait(new Uint8Array(4), 0, 0, 0),
            () => Atomics.notify(ia, odd('i', 0), odd('c', 1)), () => Atomics.notify(plain, 0), () => Atomics.notify(ia, 4), () => Atomics.notify({}, 0),
            () => Atomics.notify(ia, 0, -1), () => Atomics.notify(big, 1, 1), () => Atomics.notify(ia, '2'), () => Atomics.notify(undefined),
            () => new Atomics.wait(ia, 0, 1), () => new Atomics.notify(ia, 0), () => Reflect.apply(Atomics.wait, null, [ia, 0, 1]),
            () => 'prototype' in Atomics.wait, () => JSON.stringify(Object.getOwnPropertyDescriptors(Atomics.wait)),
            () => JSON.stringify(Object.getOwnPropertyDescriptor(Atomics, 'notify')),
          ];
          for (const t of tries) { try { console.log(String(t())); } catch (e) { console.log(e.name, e.message); } console.log(log.splice(0).join()); }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.deepEqual(
          trace.named('word.wait', 'word.timeout', 'word.unequal').map(({ name }) => name),
          [
            'word.unequal',
            'word.wait',
            'word.timeout',
            'word.wait',
            'word.timeout',
            'word.wait',
            'word.timeout',
            'word.unequal',
            'word.unequal',
          ],
        );
      },
    ));

  it('the first blocking wait starts the recording of a single thread', () =>
    withProgram(
      { 'main.cjs': `console.log(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20));` },
      async (folder) => {
        const { outcome, trace } = await folder.record('main.cjs');
        assert.equal(outcome.stdout, 'timed-out\n');
        assert.deepEqual(
          // A slow start gives the loop time for a turn.
          trace.allEvents.map(({ name }) => name).filter((name) => name !== 'loop.sample'),
          ['thread.begin', 'word.wait', 'word.timeout', 'thread.end'],
        );
      },
    ));
});
