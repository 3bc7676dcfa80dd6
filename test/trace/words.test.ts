import assert from 'node:assert/strict';
import { nanos } from '../../src/base/brand.js';
import { TraceEncoder } from '../../src/trace/encode.js';
import { EventColumns, type EventBatch } from '../../src/trace/eventBatch.js';
import { NdjsonWriter } from '../../src/trace/ndjson.js';
import { OP, OPS, WORD_WRITE, WORD_WRITES } from '../../src/trace/ops.js';
import { readTrace } from '../fixtures/readTrace.js';
import { joined } from './sampleTrace.js';

const columns = ({ op, object, arg, extra, length }: EventBatch): unknown[] =>
  Array.from({ length }, (_, i) => [op[i], object[i], arg[i], extra[i]]);

async function eventsOf(data: string | Uint8Array): Promise<unknown[]> {
  const rows: unknown[] = [];
  await readTrace(data, { events: (batch) => rows.push(...columns(batch)) });
  return rows;
}

const operands = (by: string, old: string, now: number): string =>
  `"op":"word.write","by":"${by}","o":7,"arg":${old},"new":${now}`;

/** An event, and its line after the time and thread. */
const rows: readonly (readonly [op: number, arg: number, extra: number, line: string])[] = [
  ...WORD_WRITES.map((by) => [WORD_WRITE[by], 1, 2, operands(by, '1', 2)] as const),
  [WORD_WRITE.store, NaN, -(2 ** 31), operands('store', 'null', -(2 ** 31))],
  [WORD_WRITE.sub, 2 ** 32 - 1, -2, operands('sub', '4294967295', -2)],
  [WORD_WRITE.add, -(2 ** 63), 2 ** 31 - 1, operands('add', '-9223372036854776000', 2 ** 31 - 1)],
  [OP['word.missed'], 3, 64, '"op":"word.missed","o":7,"arg":3,"times":64'],
  [OP['word.load'], -1, 1, '"op":"word.load","o":7,"arg":-1,"times":1'],
  [OP['word.waitAsync'], 0, -1, '"op":"word.waitAsync","o":7,"arg":0,"timeout":null'],
];

describe('operations on words', () => {
  const events = new EventColumns(rows.length);
  rows.forEach(([op, arg, extra], i) => events.push(i * 1e6, 1, op, 7, -1, false, arg, extra));

  it('are the same in both formats', async () => {
    const chunks: Uint8Array[] = [];
    const encoder = new TraceEncoder((bytes) => chunks.push(bytes));
    encoder.header({ version: 1, run: 'r', pid: 1, program: 'a.js', node: '20', platform: 'x', origin: 0, root: '/' });
    encoder.thread({ id: 1, name: null, parent: null, start: nanos(0), file: null, library: false });
    encoder.object({ id: 7, kind: 'word', name: null, stack: -1, thread: 1, capacity: null, buffer: 1, offset: 8 });
    encoder.events(events);
    encoder.marker({ kind: 'complete', t: nanos(1e9) });
    const binary = joined(chunks);
    const lines: string[] = [];
    await readTrace(binary, new NdjsonWriter((line) => lines.push(line)));
    assert.deepEqual(
      lines.filter((line) => line.includes('"op"')),
      rows.map(([, , , line], i) => `{"t":${i},"th":1,${line}}`),
    );
    const expected = columns(events);
    assert.deepEqual(await eventsOf(binary), expected);
    assert.deepEqual(await eventsOf(lines.join('\n')), expected);
  });

  it('each function of Atomics that writes has a code of its own', () => {
    assert.equal(new Set(WORD_WRITES.map((by) => WORD_WRITE[by])).size, WORD_WRITES.length);
    assert.deepEqual(
      OPS.filter(({ name }) => name === 'word.write').map(({ by }) => by),
      WORD_WRITES,
    );
  });
});
