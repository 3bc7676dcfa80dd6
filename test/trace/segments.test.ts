import assert from 'node:assert/strict';
import { nanos } from '../../src/base/brand.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { TraceEncoder } from '../../src/trace/encode.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { NdjsonWriter } from '../../src/trace/ndjson.js';
import { openTrace } from '../../src/trace/openTrace.js';
import { OP } from '../../src/trace/ops.js';
import { isSegmentName, segmentOf, segmentPath } from '../../src/trace/segmentNames.js';
import { SegmentRow, type SegmentFile } from '../../src/trace/segmentRow.js';
import { readTrace } from '../fixtures/readTrace.js';
import { ReadableTrace } from './readableTrace.js';
import { joined } from './sampleTrace.js';
import { traceHeader as header } from '../fixtures/traceHeader.js';

const dictionary = new Dictionary();
dictionary.thread({ id: 0, name: null, parent: null, start: nanos(0), file: 'a.js', library: false });
dictionary.file({ path: 'a.js', hash: null, map: null }, 0);
dictionary.site({ file: 0, line: 3, column: 1, fn: 'f' }, 0);
dictionary.stack([0], 0);
dictionary.string('one', 0);
dictionary.string('two', 1);
for (const id of [1, 2]) {
  dictionary.object({ id, kind: 'lock', name: `lock${id}`, stack: 0, thread: 0, capacity: null });
}

type Event = readonly [t: number, op: number, object: number, arg: number];

function columns(events: readonly Event[]): EventColumns {
  const rows = new EventColumns();
  for (const [t, op, object, arg] of events) rows.push(t, 0, op, object, 0, false, arg, 0);
  return rows;
}

/** Segment `number` with its snapshot and what happened in it. */
function segment(number: number, past: readonly Event[], events: readonly Event[], run = 'r'): Uint8Array {
  const chunks: Uint8Array[] = [];
  const encoder = new TraceEncoder((bytes) => chunks.push(bytes), undefined, dictionary);
  const first = events[0]?.[0] ?? 0;
  encoder.header({ ...header, run, segment: number, ...(number > 1 && { since: nanos(first - 1) }) });
  if (number > 1) encoder.snapshot({ events: columns(past), markers: [], threads: [0] });
  encoder.marker({ kind: 'complete', t: nanos(first - 1) });
  encoder.events(columns(events));
  encoder.marker({ kind: 'complete', t: nanos(events.at(-1)?.[0] ?? 0) });
  return joined(chunks);
}

const acquired: Event = [10, OP['lock.acquired'], 1, 1];
const first = segment(1, [], [acquired, [20, OP.mark, 0, 0]]);
const second = segment(2, [acquired], [[30, OP.mark, 0, 1]]);
const third = segment(
  3,
  [acquired],
  [
    [40, OP['lock.release'], 1, 0],
    [50, OP['lock.acquired'], 2, 1],
  ],
);

async function read(bytes: Uint8Array): Promise<ReadableTrace> {
  const trace = new ReadableTrace();
  await readTrace(bytes, trace);
  return trace;
}

const told = (trace: ReadableTrace): string[] =>
  (trace.eventList as { t: number; op: number; arg: unknown }[]).map(({ t, op, arg }) => `${t} ${op} ${String(arg)}`);

describe('segments', () => {
  it('read in a row as one trace, without the snapshots between them', async () => {
    const trace = await read(joined([first, second, third]));
    assert.deepEqual(trace.damages, []);
    assert.deepEqual(told(trace), ['10 17 1', '20 138 one', '30 138 two', '40 19 0', '50 17 1']);
  });

  it('can each be read alone, and begin with what still holds', async () => {
    const trace = await read(third);
    assert.deepEqual(trace.damages, []);
    assert.deepEqual(told(trace), ['10 17 1', '40 19 0', '50 17 1']);
    const [{ object }] = trace.records.filter((record) => 'object' in (record as object)) as [{ object: object }];
    assert.deepEqual({ ...object, stack: null }, { ...dictionary.objects.get(1), stack: null });
    const snapshotless = trace.records.some((record) => JSON.stringify(record).includes('"since":39'));
    assert.ok(snapshotless);
  });

  it('do not hide that one of them is missing, nor that another trace stands behind them', async () => {
    const gap = await read(joined([first, third]));
    assert.deepEqual(gap.damages.slice(0, 1), ['The segments from 2 to 2 of the trace are missing.']);
    assert.equal(told(gap).at(-1), '50 17 1');
    const foreign = await read(joined([first, segment(2, [], [[30, OP.mark, 0, 1]], 'other')]));
    assert.equal(foreign.damages.length, 1);
    assert.match(foreign.damages[0] as string, /another trace begins/);
    assert.equal(told(foreign).length, 2);
  });

  it('are found behind a torn one', async () => {
    const trace = await read(joined([first.subarray(0, first.length - 20), second]));
    assert.equal(trace.damages.length, 1);
    assert.equal(told(trace).at(-1), '30 138 two');
  });

  it('keep their header through text', async () => {
    const lines: string[] = [];
    await readTrace(second, new NdjsonWriter((line) => lines.push(line)));
    assert.match(lines[0] as string, /"segment":2,"since":0\.000029/);
    const trace = await read(new TextEncoder().encode(lines.join('\n')));
    assert.deepEqual(trace.records[0], { header: { ...header, segment: 2, since: 29 } });
  });

  it('have names that tell their trace', () => {
    assert.equal(segmentPath('/x/app.lanes', 12), '/x/app~0012.lanes');
    assert.equal(segmentPath('/x.y/app', 3), '/x.y/app~0003');
    assert.equal(segmentOf('app~0012.lanes', 'app.lanes'), 12);
    assert.equal(segmentOf('app~0012.lanes', 'other.lanes'), null);
    assert.equal(segmentOf('app~12.lanes', 'app.lanes'), null);
    assert.equal(isSegmentName('/x/app~0012.lanes'), true);
    assert.equal(isSegmentName('/x/app.lanes'), false);
  });
});

/** Files by name: renaming one leaves it open under its old number, as a file system does. */
class Files {
  readonly byName = new Map<string, { bytes: Uint8Array }>();

  readonly open = (path: string): SegmentFile => {
    const file = this.byName.get(path);
    if (file === undefined) throw new Error(`no ${path}`);
    return {
      size: () => file.bytes.length,
      read: (offset, length) => file.bytes.subarray(offset, offset + length),
      close: () => undefined,
    };
  };

  set(path: string, bytes: Uint8Array): void {
    this.byName.set(path, { bytes });
  }
}

describe('a row of segments', () => {
  it('is followed while segments are added and removed', async () => {
    const files = new Files();
    files.set('a.lanes', first.subarray(0, first.length - 60));
    const row = new SegmentRow('a.lanes', files.open);
    const trace = new ReadableTrace();
    const opened = await openTrace(row, trace);
    assert.ok(opened.ok);
    await opened.value.read();
    const before = told(trace).length;
    (files.byName.get('a.lanes') as { bytes: Uint8Array }).bytes = first;
    // Two rotations between two looks, and the first segment is gone already.
    files.set('a~0002.lanes', second);
    files.set('a.lanes', third);
    await opened.value.read();
    assert.ok(before < 2);
    assert.deepEqual(told(trace), ['10 17 1', '20 138 one', '30 138 two', '40 19 0', '50 17 1']);
    assert.deepEqual(trace.damages, []);
    assert.equal(row.size(), first.length + second.length + third.length);
  });

  it('opens with the earlier segments of the same run that are there', () => {
    const files = new Files();
    files.set('a~0001.lanes', segment(1, [], [acquired], 'other'));
    files.set('a~0002.lanes', second);
    files.set('a.lanes', third);
    assert.equal(new SegmentRow('a.lanes', files.open).size(), second.length + third.length);
    assert.equal(new SegmentRow('a~0002.lanes', files.open).size(), second.length);
    assert.throws(() => new SegmentRow('b.lanes', files.open), /no b.lanes/);
  });
});
