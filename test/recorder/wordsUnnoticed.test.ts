import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

const threaded = `const { Worker } = require('node:worker_threads'); new Worker('', { eval: true });`;

/** Calls each function on each array with odd values and indices; says what came back, and what of it ran when. */
const table = `${threaded}
  const log = [];
  const odd = (name, value) => ({ valueOf() { log.push(name); return value; } });
  const growing = (Kind) => {
    const buffer = new SharedArrayBuffer(16, { maxByteLength: 64 });
    return { array: new Kind(buffer), grow: (bytes) => buffer.grow(bytes) };
  };
  const show = (value) =>
    typeof value === 'bigint' ? value + 'n' : Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);
  const attempt = (what, call) => {
    let line;
    try { line = show(call()); } catch (e) { line = (e instanceof Error) + ' ' + e.name + ': ' + e.message; }
    console.log(what, line, log.splice(0).join());
  };
  const kinds = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array,
    Uint8ClampedArray, Float32Array, Float64Array];
  const numbers = [0, 1, -1, 1.9, -0, NaN, Infinity, 255, 256, 0x7fffffff, 0x80000000, 2 ** 32 + 5, -(2 ** 53), '7', '', 'x', true, null, undefined];
  const bigs = [0n, 1n, -1n, 2n ** 63n, 2n ** 64n + 3n, '9', '', 'x', true];
  const odds = () => [odd('v', 3), odd('v', 3n), Symbol('s'), {}, [], () => 1, { valueOf() { throw new TypeError('mine'); } }];
  const indices = () => [0, 1, 3, 1.5, -0, '1', ' 2 ', '1.5', 'x', true, null, undefined, -1, 4, 99, 2 ** 40, NaN, Infinity, -Infinity, 0n, Symbol('i'),
    odd('i', 1), odd('i', -1), {}, [], [2]];
  const names = ['store', 'exchange', 'add', 'sub', 'and', 'or', 'xor', 'load', 'notify'];
  for (const Kind of kinds) {
    const isBig = Kind.name.startsWith('Big');
    const array = new Kind(new SharedArrayBuffer(Kind.BYTES_PER_ELEMENT * 6), Kind.BYTES_PER_ELEMENT, 4);
    for (const name of names) {
      for (const value of [...numbers, ...bigs, ...odds()]) attempt(Kind.name + ' ' + name, () => Atomics[name](array, 1, value));
      for (const index of indices()) attempt(Kind.name + ' ' + name + ' at', () => Atomics[name](array, index, isBig ? 5n : 5));
      attempt('missing', () => Atomics[name](array, 2));
      attempt('more', () => Atomics[name](array, 2, isBig ? 1n : 1, 'more'));
    }
    for (const expected of isBig ? bigs : numbers)
      for (const replacement of isBig ? bigs : numbers) {
        attempt(Kind.name + ' cas', () => Atomics.compareExchange(array, 0, expected, replacement));
      }
    for (const value of odds()) {
      attempt('cas', () => Atomics.compareExchange(array, odd('i', 0), value, odd('r', isBig ? 1n : 1)));
      attempt('cas', () => Atomics.compareExchange(array, odd('i', 0), odd('e', isBig ? 1n : 1), value));
      attempt('cas', () => Atomics.compareExchange(array, 0, isBig ? 1n : 1, value));
    }
    console.log(Array.from(array, show).join());
    const { array: tracking, grow } = growing(Kind);
    attempt('beyond', () => Atomics.store(tracking, 32 / Kind.BYTES_PER_ELEMENT, isBig ? 1n : 1));
    attempt('grows meanwhile', () => Atomics.store(tracking, 0, { valueOf() { grow(64); return isBig ? 4n : 4; } }));
    attempt('grown', () => Atomics.add(tracking, 32 / Kind.BYTES_PER_ELEMENT, isBig ? 2n : 2));
    console.log(Array.from(tracking, show).join());
    const alone = new Kind(4);
    for (const name of names) attempt('not shared', () => Atomics[name](alone, 0, isBig ? 1n : 1));
    attempt('detached', () => {
      const moved = new Kind(4);
      structuredClone(moved.buffer, { transfer: [moved.buffer] });
      return Atomics.store(moved, 0, isBig ? 1n : 1);
    });
    attempt('detached meanwhile', () => {
      const moved = new Kind(4);
      return Atomics.add(moved, 0, { valueOf() { structuredClone(moved.buffer, { transfer: [moved.buffer] }); return isBig ? 1n : 1; } });
    });
  }
  for (const not of [undefined, null, 1, 'x', {}, [], new DataView(new SharedArrayBuffer(8)), new SharedArrayBuffer(8), new Proxy(new Int32Array(4), {})])
    for (const name of [...names, 'compareExchange']) attempt('no array', () => Atomics[name](not, odd('i', 0), odd('v', 0), odd('r', 0)));
  class Own extends Int32Array { get buffer() { log.push('buffer'); return super.buffer; } get length() { log.push('length'); return 1; } }
  attempt('a subclass', () => Atomics.add(new Own(new SharedArrayBuffer(16)), 3, 2));
  const renamed = new Int32Array(new SharedArrayBuffer(16));
  Object.defineProperty(renamed, Symbol.toStringTag, { get() { log.push('tag'); return 'Float64Array'; } });
  Object.defineProperty(renamed, 'buffer', { get() { log.push('buffer'); } });
  attempt('another name', () => Atomics.exchange(renamed, 2, 6));
  attempt('inside', () => Atomics.add(renamed, 2, { valueOf() { Atomics.add(renamed, 3, 5); return 1; } }));
  console.log([...renamed].join());
  const other = require('node:vm').runInNewContext('new Int32Array(new SharedArrayBuffer(8))');
  attempt('of another realm', () => Atomics.add(other, 1, 3) + Atomics.add(other, 1, 3));
`;

const shape = `${threaded}
  for (const name of Object.getOwnPropertyNames(Atomics).sort()) {
    const f = Atomics[name];
    if (typeof f !== 'function') continue;
    console.log(name, JSON.stringify(Object.getOwnPropertyDescriptor(Atomics, name)), JSON.stringify(Object.getOwnPropertyDescriptors(f)),
      Reflect.ownKeys(f).join(), 'prototype' in f, Object.isFrozen(f), Object.getPrototypeOf(f) === Function.prototype);
    for (const call of [() => new f(), () => Reflect.construct(f, []), () => class extends f {}, () => f.call(null), () => Reflect.apply(f, {}, [])])
      try { console.log(String(call())); } catch (e) { console.log(e.name, e instanceof TypeError); }
  }
  const { add } = Atomics;
  console.log(add(new Int32Array(new SharedArrayBuffer(4)), 0, 1), [3].map((x) => add.bind(null, new Int32Array(new SharedArrayBuffer(4)), 0)(x)).join());
`;

describe('recorder: words, unnoticed', () => {
  for (const [what, program] of Object.entries({ table, shape })) {
    for (const memory of [false, true]) {
      it(`${what}: every call gives what it gives without the recorder${memory ? ', loads recorded' : ''}`, () =>
        withProgram({ 'main.cjs': program }, async (folder) => {
          const plain = await folder.run('main.cjs', { record: false });
          const recorded = await folder.run('main.cjs', { settings: { memory } });
          assert.equal(plain.code, 0, plain.stderr);
          assert.ok(plain.stdout.length > 1000);
          assert.equal(recorded.stdout, plain.stdout);
          assert.deepEqual(recorded, plain);
        }));
    }
  }

  it('a single thread that only writes and notifies is not recorded', () =>
    withProgram(
      {
        'main.cjs': `
          const words = new Int32Array(new SharedArrayBuffer(16));
          for (let i = 0; i < 1000; i++) Atomics.add(words, i & 3, 1);
          console.log(Atomics.notify(words, 0), Atomics.load(words, 1), Atomics.wait(words, 0, 0, 1000));
          const { value } = Atomics.waitAsync(words, 0, 250, 1);
          const alive = setInterval(() => {}, 50);
          value.then((how) => { console.log(how); clearInterval(alive); });`,
      },
      async (folder) => {
        const outcome = await folder.run('main.cjs');
        assert.equal(outcome.stdout, '0 250 not-equal\ntimed-out\n');
        assert.deepEqual(folder.traceFiles(), []);
      },
    ));
});
