import assert from 'node:assert/strict';
import { opSpec } from '../../src/trace/ops.js';
import type { Trace, TracedEvent } from './recordedProgram.js';
import { withProgram } from './recordedProgram.js';

const threaded = `const { Worker } = require('node:worker_threads'); new Worker('', { eval: true });`;

const changes = (trace: Trace, thread = 0): TracedEvent[] =>
  trace.allEvents.filter((event) => event.thread === thread && event.name.startsWith('word.'));

/** What was done, the old value and the new one. */
const told = ({ op, name, arg, extra }: TracedEvent): unknown[] => [opSpec(op)?.by ?? name, arg, extra];

type Told = readonly [by: string, old: number, now: number];

/** By kind of array, the element before, and then each call with its arguments and the event that it is. */
const programs: readonly (readonly [kind: string, calls: readonly (readonly [call: string, told: Told | null])[]])[] = [
  [
    'Int32Array',
    [
      ['store(a, 1, 5)', ['store', NaN, 5]],
      ['compareExchange(a, 1, 5, 6)', ['compareExchange', 5, 6]],
      ['compareExchange(a, 1, 5, 7)', ['word.missed', 6, 1]],
      ['compareExchange(a, 1, 2 ** 32 + 6, -1)', ['compareExchange', 6, -1]],
      ['exchange(a, 1, 2 ** 31 + 1)', ['exchange', -1, -(2 ** 31) + 1]],
      ['add(a, 1, -2)', ['add', -(2 ** 31) + 1, 2 ** 31 - 1]],
      ['sub(a, 1, 1.9)', ['sub', 2 ** 31 - 1, 2 ** 31 - 2]],
      ['and(a, 1, 255)', ['and', 2 ** 31 - 2, 254]],
      ['or(a, 1, 257)', ['or', 254, 511]],
      ['xor(a, 1, 1)', ['xor', 511, 510]],
      ['store(a, 1, 2 ** 53)', ['store', NaN, 0]],
      ["add(a, '1', '0x10')", ['add', 0, 16]],
      ['add(a, 1, true)', ['add', 16, 17]],
      ['exchange(a, 1.5, null)', ['exchange', 17, 0]],
      ['compareExchange(a, 1, undefined, NaN)', ['compareExchange', 0, 0]],
      ['store(a, 1, { valueOf: () => 3 })', ['store', NaN, 3]],
      ['add(a, 1, { valueOf: () => 3 })', null],
      ['add(a, { valueOf: () => 1 }, 3)', null],
      ['add(a, 1, 1)', ['add', 9, 10]],
    ],
  ],
  [
    'Int8Array',
    [
      ['add(a, 1, 127)', ['add', 0, 127]],
      ['add(a, 1, 1)', ['add', 127, -128]],
      ['compareExchange(a, 1, 128, 300)', ['compareExchange', -128, 44]],
      ['compareExchange(a, 1, 45, 1)', ['word.missed', 44, 1]],
      ['store(a, 1, 255)', ['store', NaN, -1]],
    ],
  ],
  [
    'Uint8Array',
    [
      ['sub(a, 1, 1)', ['sub', 0, 255]],
      ['compareExchange(a, 1, -1, 254)', ['compareExchange', 255, 254]],
      ['xor(a, 1, 0x1ff)', ['xor', 254, 1]],
      ['store(a, 1, -1)', ['store', NaN, 255]],
    ],
  ],
  ['Int16Array', [['exchange(a, 1, 0x18000)', ['exchange', 0, -0x8000]]]],
  ['Uint16Array', [['sub(a, 1, 1)', ['sub', 0, 0xffff]]]],
  [
    'Uint32Array',
    [
      ['sub(a, 1, 1)', ['sub', 0, -1]],
      ['compareExchange(a, 1, -1, 2 ** 31)', ['compareExchange', 2 ** 32 - 1, -(2 ** 31)]],
      ['add(a, 1, 1)', ['add', 2 ** 31, -(2 ** 31) + 1]],
    ],
  ],
  [
    'BigInt64Array',
    [
      ['store(a, 1, 2n ** 32n + 5n)', ['store', NaN, 5]],
      ['compareExchange(a, 1, 2n ** 64n + 2n ** 32n + 5n, -7n)', ['compareExchange', 2 ** 32 + 5, -7]],
      ['compareExchange(a, 1, 5n, 1n)', ['word.missed', -7, 1]],
      ['add(a, 1, 8n)', ['add', -7, 1]],
      ["sub(a, 1, '3')", ['sub', 1, -2]],
      ['and(a, 1, 12n)', ['and', -2, 12]],
      ['or(a, 1, true)', ['or', 12, 13]],
      ['xor(a, 1, 1n)', ['xor', 13, 12]],
      ['exchange(a, 1, 2n ** 63n)', ['exchange', 12, 0]],
      ['exchange(a, 1, { valueOf: () => 1n })', null],
    ],
  ],
  [
    'BigUint64Array',
    [
      ['sub(a, 1, 1n)', ['sub', 0, -1]],
      ['compareExchange(a, 1, -1n, 4n)', ['compareExchange', 2 ** 64, 4]],
    ],
  ],
];

describe('recorder: words', () => {
  for (const [kind, calls] of programs) {
    it(`says what was done to an element of an ${kind}, with the old value and the new one`, () =>
      withProgram(
        {
          'main.cjs': `${threaded}
            const a = new ${kind}(new SharedArrayBuffer(64), 16, 4);
            ${calls.map(([call]) => `Atomics.${call};`).join('\n')}`,
        },
        async (folder) => {
          const { outcome, trace } = await folder.record('main.cjs');
          assert.equal(outcome.code, 0, outcome.stderr);
          const events = changes(trace);
          assert.deepEqual(
            events.map(told),
            calls.flatMap(([, event]) => (event === null ? [] : [event])),
          );
          assert.ok(events.every(({ t }, i) => i === 0 || t > (events[i - 1] as TracedEvent).t));
          assert.equal(new Set(events.map(({ object }) => object)).size, 1);
          const word = trace.objects.get(events[0]?.object ?? -1);
          const bytes = { 8: 1, 16: 2, 32: 4, 64: 8 }[/\d+/.exec(kind)?.[0] ?? ''] ?? 0;
          assert.equal(word?.offset, 16 + bytes);
          // Each call stands on a line of its own, after the first two.
          const lines = calls.flatMap(([, event], i) => (event === null ? [] : [i + 3]));
          assert.deepEqual(
            events.map(({ site }) => site?.line),
            lines,
          );
        },
      ));
  }

  it('counts what changes nothing, until something else happens', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          const a = new Int32Array(new SharedArrayBuffer(16)), b = new BigInt64Array(new SharedArrayBuffer(16));
          for (let i = 0; i < 50; i++) { Atomics.compareExchange(a, 0, 1, 2); Atomics.compareExchange(b, 0, 1n, 2n); }
          Atomics.store(a, 0, 3);
          for (let i = 0; i < 50; i++) Atomics.exchange(a, 0, 3);
          for (let i = 0; i < 10; i++) Atomics.compareExchange(a, 0, 4, 5);
          Atomics.notify(a, 1);
          Atomics.or(b, 1, 0n);
          Atomics.or(b, 1, 0n);
          Atomics.wait(a, 2, 0, 1);
          for (let i = 0; i < 1000; i++) Atomics.compareExchange(a, 0, 4, 5);`,
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        const events = changes(trace).map(told);
        assert.deepEqual(events.slice(0, 14), [
          ['word.missed', 0, 1],
          ['word.missed', 0, 1],
          ['word.missed', 0, 49],
          ['word.missed', 0, 49],
          ['store', NaN, 3],
          ['exchange', 3, 3],
          ['word.missed', 3, 59],
          ['word.notify', 0, 0],
          ['or', 0, 0],
          ['word.missed', 0, 1],
          ['word.wait', 0, 1],
          ['word.timeout', NaN, 0],
          ['word.missed', 3, 1],
          ['word.missed', 3, 64],
        ]);
        const last = events.slice(12) as [string, number, number][];
        assert.ok(last.every(([what, found]) => what === 'word.missed' && found === 3));
        assert.equal(
          last.reduce((sum, [, , times]) => sum + times, 0),
          1000,
        );
      },
    ));

  it('what a thread counted is written when it rests', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          const a = new Int32Array(new SharedArrayBuffer(16));
          for (let i = 0; i < 7; i++) Atomics.compareExchange(a, 0, 1, 2);
          setTimeout(() => process.kill(process.pid, 'SIGKILL'), 400);`,
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        assert.deepEqual(changes(trace).map(told), [
          ['word.missed', 0, 1],
          ['word.missed', 0, 6],
        ]);
      },
    ));

  it('what a thread counted is written when it ends', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          const a = new Int32Array(new SharedArrayBuffer(16));
          for (let i = 0; i < 7; i++) Atomics.compareExchange(a, 0, 1, 2);
          process.exit();`,
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        assert.deepEqual(changes(trace).map(told), [
          ['word.missed', 0, 1],
          ['word.missed', 0, 6],
        ]);
      },
    ));

  it('loads are recorded only where the settings ask for it', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          const a = new Int32Array(new SharedArrayBuffer(16));
          for (let i = 0; i < 40; i++) Atomics.load(a, 1);
          Atomics.store(a, 1, 8);
          Atomics.load(a, 1);
          Atomics.compareExchange(a, 1, 1, 2);
          Atomics.load(a, 1);`,
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        const withLoads = (await folder.record('main.cjs', { settings: { memory: true, out: 'with.lanes' } })).outcome;
        assert.equal(withLoads.code, 0);
        const recorded = await folder.readTrace(`${folder.path}/with.lanes`);
        const missed = ['word.missed', 8, 1];
        assert.deepEqual(changes(trace).map(told), [['store', NaN, 8], missed]);
        assert.deepEqual(changes(recorded).map(told), [
          ['word.load', 0, 1],
          ['word.load', 0, 39],
          ['store', NaN, 8],
          ['word.load', 8, 1],
          missed,
          ['word.load', 8, 1],
        ]);
      },
    ));

  it('of a large array only the first words are recorded, but all waits and notifies; it says so', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          const a = new Int32Array(new SharedArrayBuffer(4e5));
          for (let i = 0; i < 1e5; i++) Atomics.add(a, i, 1);
          Atomics.notify(a, 90000);
          Atomics.add(a, 90000, 2);
          Atomics.wait(a, 90001, 0, 10);
          console.log(Atomics.wait(a, 90001, 1, 10), Atomics.load(a, 90000), Atomics.add(a, 90002, 1));`,
      },
      async (folder) => {
        const { outcome, trace } = await folder.record('main.cjs');
        assert.equal(outcome.stdout, 'timed-out 3 1\n');
        assert.equal([...trace.objects.values()].filter(({ kind }) => kind === 'word').length, 4096 + 2);
        assert.deepEqual(changes(trace).slice(4096).map(told), [
          ['word.notify', 0, 0],
          ['add', 1, 3],
          ['word.unequal', NaN, 0],
          ['word.wait', 1, 10],
          ['word.timeout', NaN, 0],
        ]);
        const errors = trace.markers.flatMap((marker) => (marker.kind === 'recorderError' ? [marker.message] : []));
        assert.equal(errors.length, 1);
        assert.match(errors[0] ?? '', /more than 4096 words of shared buffer \d+ \(400000 bytes\)/);
      },
    ));

  it('a word is one object, whatever array, message or growth it is reached through', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
          const before = new Int32Array(memory.buffer);
          const growing = new SharedArrayBuffer(8, { maxByteLength: 64 });
          const tracking = new Int32Array(growing);
          Atomics.add(before, 9, 1);
          memory.grow(1);
          for (let i = 0; i < 30; i++) Atomics.add(new Uint16Array(structuredClone(memory.buffer), 36, 1), 0, 1);
          Atomics.add(new Uint8Array(memory.buffer), 37, 1);
          try { Atomics.add(tracking, 9, 1); } catch (e) { console.log(e.name); }
          growing.grow(64);
          Atomics.add(tracking, 9, 1);
          Atomics.add(new BigInt64Array(growing, 32), 1, 1n);`,
      },
      async (folder) => {
        const { outcome, trace } = await folder.record('main.cjs');
        assert.equal(outcome.stdout, 'RangeError\n');
        const events = changes(trace);
        const offsets = events.map(({ object }) => trace.objects.get(object)?.offset);
        assert.deepEqual(offsets, [...new Array<number>(31).fill(36), 37, 36, 40]);
        assert.equal(new Set(events.map(({ object }) => object)).size, 4);
        assert.equal(new Set(events.map(({ object }) => trace.objects.get(object)?.buffer)).size, 2);
      },
    ));

  it('what Node does with memory of its own is not the program’s', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          process.chdir('.');
          const a = new Int32Array(new SharedArrayBuffer(16));
          Atomics.store(a, 0, 1);
          setTimeout(Atomics.add, 1, a, 0, 4);`,
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        assert.deepEqual(changes(trace).map(told), [
          ['store', NaN, 1],
          ['add', 1, 5],
        ]);
      },
    ));
});
