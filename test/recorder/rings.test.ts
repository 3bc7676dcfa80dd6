import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { nanosFromMillis } from '../../src/base/brand.js';
import { DefinitionTable } from '../../src/collector/definitionTable.js';
import { Drain } from '../../src/collector/drain.js';
import { RingReader } from '../../src/collector/ringReader.js';
import { TraceEncoder } from '../../src/trace/encode.js';
import { CONTROL_BYTES, RING, RING_STATE } from '../../src/probe/ring.js';
import { RingPool, headerOf, newRing } from '../../src/recorder/ringPool.js';
import { RingWriter } from '../../src/recorder/ringWriter.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { OP } from '../../src/trace/ops.js';
import { withProgram } from './recordedProgram.js';

const control = (): Int32Array => new Int32Array(new SharedArrayBuffer(CONTROL_BYTES));

function ringFrom(count: number, events = 64): SharedArrayBuffer {
  const ring = newRing(events);
  for (const word of [RING.HEAD, RING.TAIL, RING.BEGUN]) headerOf(ring)[word] = count;
  return ring;
}

function closedPort(): InstanceType<typeof MessageChannel>['port1'] {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}

describe('recorder: rings', () => {
  it('hand out every record once and in order, at any place of the counters', () => {
    const starts = fc.constantFrom(0, 0x7fffffff - 70, -3, -64, -100);
    const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 90 }), fc.constant('drain' as const)), { maxLength: 40 });
    fc.assert(
      fc.property(starts, steps, (start, plan) => {
        const ring = ringFrom(start);
        const writer = new RingWriter(ring, control(), 'drop');
        const reader = new RingReader(ring, closedPort());
        const [kept, got]: [number[], number[]] = [[], []];
        let [next, free, dropped] = [0, 64, 0];
        const drain = (): void => {
          reader.snapshot(performance.now());
          reader.read(({ arg }) => got.push(arg));
          free = 64;
        };
        for (const step of plan) {
          if (step === 'drain') drain();
          else
            for (let i = 0; i < step; i++, next++) {
              writer.write(OP['mark'], 0, 0, next, 0);
              if (free-- > 0) kept.push(next);
              else dropped++;
            }
        }
        drain();
        reader.port.close();
        assert.deepEqual(got, kept);
        assert.equal(reader.dropped, dropped);
      }),
      { numRuns: 50 },
    );
  });

  it('say that they are complete only up to a record that is being written', () => {
    for (const start of [0, -1]) {
      const ring = ringFrom(start);
      const writer = new RingWriter(ring, control(), 'wait');
      const reader = new RingReader(ring, closedPort());
      const time = writer.write(OP['mark'], 0, 0, 1, 0);
      const now = performance.now() + 1;
      assert.ok(reader.snapshot(now) > time);
      // The thread read the clock and is kept from going on.
      headerOf(ring)[RING.BEGUN] = (start + 2) | 0;
      assert.equal(reader.snapshot(now + 10), time);
      assert.equal(reader.snapshot(now + 900), time);
      // A process that was stopped for an hour: the thread has had no time to go on.
      assert.equal(reader.snapshot(now + 3_600_000), time);
      // It died there.
      for (let round = 0; round < 20; round++) reader.snapshot(now + 3_600_000);
      assert.ok(reader.snapshot(now + 3_600_000) > now + 3_599_000);
      reader.port.close();
    }
  });

  it('are used again only when their thread is gone and they are read', () => {
    const pool = new RingPool(64);
    const ring = pool.take();
    const other = pool.take();
    assert.notEqual(ring, other);
    const writer = new RingWriter(ring, control(), 'drop');
    for (let i = 0; i < 70; i++) writer.write(OP['mark'], 0, 0, i, 0);
    headerOf(ring)[RING.BEGUN] = 71;
    writer.setState(RING_STATE.JOINED);
    pool.retire(ring);
    const later = pool.take();
    assert.ok(later !== ring && later !== other);
    new RingReader(ring, closedPort()).release();
    assert.equal(pool.take(), ring);
    const header = headerOf(ring);
    assert.deepEqual(
      [RING.HEAD, RING.TAIL, RING.BEGUN, RING.DROPPED, RING.THREAD, RING.STATE].map((word) => header[word]),
      [0, 0, 0, 0, -1, RING_STATE.NEW],
    );
    assert.notEqual(pool.take(), ring);
  });

  it('of a thread that nobody waits for are let go with the thread that started it', () => {
    const events = new EventColumns();
    const ends: number[][] = [];
    const table = new DefinitionTable('/', new TraceEncoder(() => undefined));
    const drain = new Drain(table, events);
    const rings = [0, 1, 2].map((id) => {
      table.define({ kind: 'thread', id, name: null, parent: id - 1, start: 0, file: null, library: false });
      const ring = newRing(64);
      headerOf(ring)[RING.THREAD] = id;
      drain.addRing(ring, closedPort());
      return ring;
    });
    const stateOf = (id: number): number | undefined => headerOf(rings[id] as SharedArrayBuffer)[RING.STATE];
    headerOf(rings[1] as SharedArrayBuffer)[RING.STATE] = RING_STATE.JOINED;
    new RingWriter(rings[2] as SharedArrayBuffer, control(), 'wait').write(OP['mark'], 0, 0, 7, 0);
    for (let round = 0; round < 3; round++) {
      drain.run();
      for (let i = 0; i < events.length; i++) ends.push([events.op[i] as number, events.thread[i] as number]);
    }
    assert.deepEqual(ends, [
      [OP['mark'], 2],
      [OP['thread.end'], 2],
    ]);
    assert.deepEqual([stateOf(0), stateOf(1), stateOf(2)], [RING_STATE.NEW, RING_STATE.FREE, RING_STATE.FREE]);
    assert.equal(drain.takeReleased(), true);
    assert.equal(drain.takeReleased(), false);
  });

  it('give each of many threads its own lane, one after the other and at once', () =>
    withProgram(
      {
        'main.cjs': `
          const { Worker, isMainThread, threadId, workerData } = require('node:worker_threads');
          const probe = globalThis[Symbol.for('threadlanes.probe.1')];
          if (!isMainThread) {
            const id = probe.define({ kind: 'lock', name: 'own ' + threadId });
            for (let i = 0; i < 300; i++) probe.record(0x11, id, threadId * 1000 + i);
            if (workerData === 'killed') setInterval(() => {}, 1e6);
          } else {
            const [total, atOnce] = [48, 8];
            let started = 0, most = 0;
            const next = () => {
              if (started === total) return;
              const worker = new Worker(__filename, { workerData: started++ % 3 === 0 ? 'killed' : null });
              worker.on('exit', next);
              worker.on('online', () => started % 3 === 1 && setTimeout(() => worker.terminate(), started % 7));
              const timer = setTimeout(() => worker.terminate(), 2000);
              worker.on('exit', () => clearTimeout(timer));
              gc();
              most = Math.max(most, process.memoryUsage().arrayBuffers);
            };
            for (let i = 0; i < atOnce; i++) next();
            process.on('exit', () => console.log(most < 24e6 ? 'few rings' : 'rings for ' + most));
          }`,
      },
      async (folder) => {
        const { outcome, trace } = await folder.record('main.cjs', { args: ['--expose-gc'] });
        assert.deepEqual(outcome, { code: 0, signal: null, stdout: 'few rings\n', stderr: '' });
        const workers = [...trace.threads.keys()].filter((id) => id !== 0);
        assert.equal(workers.length, 48);
        for (const id of workers) {
          const own = trace.allEvents.filter(({ thread, name }) => thread === id && name === 'lock.acquired');
          assert.deepEqual(
            own.map(({ arg }) => arg),
            own.map((_, i) => id * 1000 + i),
          );
          assert.ok(own.every(({ object }) => trace.objects.get(object)?.name === `own ${id}`));
          // Twice when it was slow to end: the program terminates it again after two seconds.
          if (own.length < 300) assert.ok(trace.named('thread.terminate').some(({ object }) => object === id));
          assert.equal(trace.named('thread.end').filter(({ object }) => object === id).length, 1);
        }
        const completeTo = trace.markers.filter(({ kind }) => kind === 'complete').at(-1)?.t as number;
        assert.ok(trace.allEvents.filter(({ t }) => t > completeTo).length === 0 || trace.end !== undefined);
        assert.ok(completeTo > nanosFromMillis(0));
      },
    ));
});
