import assert from 'node:assert/strict';
import { Serializer } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { walkPayload } from '../../src/recorder/payload/walk.js';

/** The order in which V8 itself asks for the numbers of shared buffers. */
class Oracle extends Serializer {
  readonly buffers: SharedArrayBuffer[] = [];

  _getSharedArrayBufferId(buffer: SharedArrayBuffer): number {
    if (!this.buffers.includes(buffer)) this.buffers.push(buffer);
    return this.buffers.indexOf(buffer);
  }
}

const buffersOf = (payload: unknown): SharedArrayBuffer[] => {
  const oracle = new Oracle();
  oracle.writeValue(payload);
  return oracle.buffers;
};

/** Numbers from a seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const KEYS = [
  'b',
  'a',
  '10',
  '2',
  '0',
  '-1',
  '01',
  '4294967294',
  '4294967295',
  'ä',
  'length',
  '__proto__',
  'constructor',
];

class Instance {
  #hidden = new SharedArrayBuffer(1);
  own: unknown = null;
  get inherited(): unknown {
    throw new Error(`called ${String(this.#hidden)}`);
  }
}

/** A value that can be cloned, with shared references and circles. */
function payloadOf(random: (below: number) => number): unknown {
  const made: object[] = [];
  const sab = (): SharedArrayBuffer => new SharedArrayBuffer(8 * (1 + random(4)));
  const keep = <T extends object>(value: T): T => {
    made.push(value);
    return value;
  };
  const put = (target: object, depth: number): void => {
    for (let n = random(5); n > 0; n--) {
      const key = KEYS[random(KEYS.length)] as string;
      const isArray = Array.isArray(target);
      if (isArray && /^(length|\d{5,})$/.test(key)) continue;
      if (Object.getOwnPropertyDescriptor(target, key)?.configurable === false) continue;
      const enumerable = random(8) > 0;
      Object.defineProperty(target, key, { value: value(depth + 1), enumerable, configurable: true, writable: true });
    }
    if (random(6) === 0) Object.defineProperty(target, Symbol('s'), { value: sab(), enumerable: true });
  };
  const with_ = <T extends object>(target: T, depth: number): T => {
    put(target, depth);
    return target;
  };
  const makers: ((depth: number) => unknown)[] = [
    () => random(100),
    () => 'text',
    () => undefined,
    () => null,
    () => keep(sab()),
    () => keep(new Int32Array(sab())),
    () => keep(new DataView(sab())),
    () => keep(Buffer.alloc(4)),
    () => keep(new ArrayBuffer(4)),
    () => (made.length > 0 ? made[random(made.length)] : null),
    (depth) => with_(keep({}), depth),
    (depth) => with_(keep({}), depth),
    (depth) => with_(keep(Object.create(null) as object), depth),
    (depth) => with_(keep(new Instance()), depth),
    (depth) => {
      const list = keep(Array.from({ length: random(5) }) as unknown[]);
      for (let i = 0; i < list.length; i++) if (random(4) > 0) list[i] = value(depth + 1);
      if (random(3) === 0) delete list[0];
      return random(3) === 0 ? with_(list, depth) : list;
    },
    (depth) => {
      const map = keep(new Map<unknown, unknown>());
      for (let n = random(4); n > 0; n--) map.set(value(depth + 1), value(depth + 1));
      return random(4) === 0 ? with_(map, depth) : map;
    },
    (depth) => {
      const set = keep(new Set<unknown>());
      for (let n = random(4); n > 0; n--) set.add(value(depth + 1));
      return random(4) === 0 ? with_(set, depth) : set;
    },
    (depth) => with_(keep(new Date(0)), depth),
    (depth) => with_(keep(/x/), depth),
    (depth) => with_(keep(Object('boxed') as object), depth),
    (depth) => {
      const error = keep(new TypeError('message'));
      if (random(2) === 0)
        Object.defineProperty(error, 'cause', { value: value(depth + 1), configurable: true, writable: true });
      (error as { more?: unknown }).more = sab();
      return error;
    },
  ];
  const value = (depth: number): unknown =>
    depth > 6 ? random(9) : (makers[random(makers.length)] as (d: number) => unknown)(depth);
  return Array.from({ length: 4 }, () => value(0));
}

describe('recorder: the walk over a payload', () => {
  it('meets shared buffers in the order of V8’s serializer, on both sides', () => {
    let count = 0;
    for (let seed = 1; seed <= 3000; seed++) {
      const payload = payloadOf(randomOf(seed));
      let expected: SharedArrayBuffer[];
      let received: unknown;
      try {
        expected = buffersOf(payload);
        received = structuredClone(payload);
      } catch {
        continue;
      }
      const { buffers, isWhole } = walkPayload(payload);
      const lengths = expected.map(({ byteLength }) => byteLength);
      assert.ok(isWhole);
      assert.deepEqual(
        buffers.map((buffer) => expected.indexOf(buffer)),
        [...expected.keys()],
        `seed ${seed}`,
      );
      assert.deepEqual(
        walkPayload(received).buffers.map(({ byteLength }) => byteLength),
        lengths,
        `seed ${seed}, received`,
      );
      count += expected.length;
    }
    assert.ok(count > 4000, `${count} buffers`);
  });

  it('enters the memories of WebAssembly', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const sab = new SharedArrayBuffer(4);
    const { buffers } = walkPayload({ a: [memory, sab], b: memory.buffer });
    assert.deepEqual(
      buffers.map((buffer) => [memory.buffer, sab].indexOf(buffer as SharedArrayBuffer)),
      [0, 1],
    );
    const pretender = Object.create(WebAssembly.Memory.prototype) as object;
    assert.deepEqual(walkPayload([pretender]).buffers, []);
  });

  it('finds ports, each once', () => {
    const { port1, port2 } = new MessageChannel();
    const { ports } = walkPayload({ b: new Map([[port2, [port1]]]), a: port1, '0': { port1 } });
    assert.deepEqual(
      ports.map((port) => [port1, port2].indexOf(port)),
      [0, 1],
    );
    port1.close();
  });

  it('calls no accessor, touches no proxy, and ends where one would', () => {
    const sab = new SharedArrayBuffer(4);
    const fail = (): never => assert.fail('called');
    const proxy = new Proxy({}, new Proxy({}, { get: fail }));
    const withGetter = Object.defineProperty({ a: sab }, 'b', { get: fail, enumerable: true });
    const { buffers, isWhole } = walkPayload([proxy, withGetter, new SharedArrayBuffer(4)]);
    assert.deepEqual([buffers, isWhole], [[sab], false]);
  });

  it('ends at its limits, with the first of what a longer walk finds', () => {
    const sabs = Array.from({ length: 10 }, () => new SharedArrayBuffer(4));
    const payload = sabs.map((sab) => ({ sab }));
    const { buffers, isWhole } = walkPayload(payload, 9);
    assert.deepEqual([buffers, isWhole], [sabs.slice(0, buffers.length), false]);
    assert.ok(buffers.length > 0);
    assert.deepEqual(walkPayload(payload, 21).isWhole, true);
    assert.equal(walkPayload(new Array(1e9)).isWhole, false);
    let deep: unknown = sabs[0];
    for (let i = 0; i < 5000; i++) deep = [deep];
    assert.deepEqual(walkPayload(deep).isWhole, false);
  });
});
