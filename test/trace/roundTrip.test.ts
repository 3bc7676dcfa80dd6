import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nanos } from '../../src/base/brand.js';
import { TraceEncoder } from '../../src/trace/encode.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { NdjsonWriter } from '../../src/trace/ndjson.js';
import { OPS, opSpec } from '../../src/trace/ops.js';
import { readTrace } from '../fixtures/readTrace.js';
import { ReadableTrace } from './readableTrace.js';
import { encoded, joined, writeSample } from './sampleTrace.js';

async function readable(source: Uint8Array | string): Promise<ReadableTrace> {
  const trace = new ReadableTrace();
  await readTrace(source, trace);
  return trace;
}

async function asText(source: Uint8Array | string): Promise<string> {
  const lines: string[] = [];
  await readTrace(source, new NdjsonWriter((line) => lines.push(line)));
  return lines.join('\n');
}

async function asLanes(text: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await readTrace(text, new TraceEncoder((bytes) => chunks.push(bytes)));
  return joined(chunks);
}

/** Any double that is an operand; strings by index are apart. */
const operand = fc.oneof(
  fc.constant(NaN),
  fc.integer({ min: -3, max: 300 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
);
const event = fc.record({
  gap: fc.oneof(
    fc.constant(0),
    fc.nat(5000),
    fc.nat(2 ** 31 - 1).map((n) => n * 1024),
  ),
  thread: fc.nat(4),
  op: fc.oneof(fc.constantFrom(...OPS.map((spec) => spec.code)), fc.integer({ min: 0x400, max: 0xffff })),
  object: fc.nat(5),
  stack: fc.integer({ min: -1, max: 1 }),
  sampled: fc.boolean(),
  arg: operand,
  extra: fc.oneof(fc.constantFrom(0, -1, 1), fc.integer()),
});

describe('a trace', () => {
  it('reads as it was written, in the order of time', async () => {
    const trace = await readable(joined(encoded(writeSample)));
    assert.deepEqual(trace.damages, []);
    const kinds = trace.records.map((record) => {
      const [[key, value]] = Object.entries(record as object) as [[string, { t?: number; kind?: string }]];
      return value.t === undefined ? key : `${value.kind ?? key} ${value.t / 1e6}`;
    });
    assert.deepEqual(kinds.slice(6), [
      'event 12.402',
      'event 12.402113',
      'event 12.402113',
      'event 12.5',
      'complete 14',
      'event 15',
      'drop 15.5',
      'full 15.500001',
      'recorderError 15.6',
      'event 16',
      'deadlock 17',
      'event 20',
      'complete 21',
      'end 22',
    ]);
  });

  it('is the same after a way through text and back', async () => {
    const lanes = joined(encoded(writeSample));
    const text = await asText(lanes);
    const direct = await readable(lanes);
    assert.deepEqual((await readable(text)).records, direct.records);
    assert.deepEqual((await readable(await asLanes(text))).records, direct.records);
    assert.equal(await asText(await asLanes(text)), text);
  });

  it('keeps any events in binary and in text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const columns = new EventColumns(1);
        let t = 0;
        for (const { gap, thread, op, object, stack, sampled, arg, extra } of events) {
          t += gap;
          const isText = opSpec(op)?.arg?.type === 'string';
          columns.push(t, thread, op, object, stack, sampled, isText ? 0 : arg, extra);
        }
        const lanes = joined(
          encoded((to) => {
            to.header({ version: 1, run: '', pid: 0, program: '', node: '', platform: '', origin: 0, root: '' });
            to.file({ path: 'a.js', hash: null, map: null }, 0);
            to.site({ file: 0, line: 1, column: 2, fn: null }, 0);
            to.stack([0], 0);
            to.stack([0, 0], 1);
            to.string('text', 0);
            for (let id = 0; id <= 4; id++)
              to.thread({ id, name: null, parent: null, start: nanos(0), file: null, library: false });
            for (let id = 0; id <= 5; id++)
              to.object({ id, kind: 'lock', name: null, stack: -1, thread: 0, capacity: null });
            to.events(columns);
            to.marker({ kind: 'complete', t: nanos(t) });
          }),
        );
        const direct = await readable(lanes);
        assert.deepEqual(direct.damages, []);
        assert.equal(direct.eventList.length, events.length);
        const read = direct.eventList as { t: number; arg: unknown; extra: number; op: number; sampled: boolean }[];
        read.forEach((got, row) => {
          const isText = opSpec(got.op)?.arg?.type === 'string';
          assert.deepEqual(
            [got.t, got.op, got.extra, got.sampled, got.arg],
            [
              columns.t[row],
              columns.op[row],
              columns.extra[row],
              events[row]?.sampled,
              isText ? 'text' : columns.arg[row],
            ],
          );
        });
        const text = await asText(lanes);
        assert.deepEqual((await readable(text)).records, direct.records);
        assert.deepEqual((await readable(await asLanes(text))).records, direct.records);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same when op ids were numbered anew', async () => {
    const chunks: Uint8Array[] = [];
    writeSample(new TraceEncoder((bytes) => chunks.push(bytes), 2));
    assert.ok(chunks.length > encoded(writeSample).length);
    const trace = await readable(joined(chunks));
    assert.deepEqual(trace.damages, []);
    assert.deepEqual(trace.records, (await readable(joined(encoded(writeSample)))).records);
  });

  it('takes few bytes an event', () => {
    const drain = new EventColumns();
    for (let i = 0; i < 8000; i++) {
      const thread = Math.floor(i / 1000);
      const op = [0x10, 0x11, 0x13][i % 3] as number;
      drain.push(
        (i % 1000) * 1200 + thread,
        thread,
        op,
        1 + ((i * 7) % 64),
        i % 6,
        false,
        op === 0x11 ? 1 : 0,
        op === 0x10 ? -1 : 0,
      );
    }
    const chunks = encoded((to) => to.events(drain));
    const events = chunks.at(-1) as Uint8Array;
    assert.ok(events.length / drain.length < 4.5, `${events.length / drain.length} bytes an event`);
  });
});
