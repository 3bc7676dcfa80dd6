import assert from 'node:assert/strict';
import type { Statistics } from '../../src/analysis/statistics/statistics.js';
import { REPORT_FORMATS } from '../../src/report/formats.js';
import { checkedVerdict, type Checked } from '../../src/report/checked.js';
import { quiet } from './verdict.js';

const place = { file: 'src/store.ts', line: 48 };
const writer = { id: 1, name: 'writer' };
const cache = { object: { id: 7, kind: 'lock', name: 'cache', inferred: false } };
const durations = { count: 2, totalMs: 40, medianMs: 15, p95Ms: 30, maxMs: 30 };

const statistics: Statistics = {
  elapsedMs: 100,
  criticalPath: {
    totalMs: 100,
    segments: [
      { thread: 1, fromMs: 0, toMs: 70, what: 'runs', operation: null, subject: null, place },
      { thread: 1, fromMs: 70, toMs: 100, what: 'waits', operation: 'lock.acquire', subject: cache, place: null },
    ],
    segmentsLeftOut: 0,
    threads: [{ thread: writer, ms: 100 }],
    activities: [
      { what: 'runs', ms: 70 },
      { what: 'waits', ms: 30 },
    ],
    lines: [{ place, ms: 70 }],
    waits: [{ subject: { thread: writer }, count: 1, ms: 30 }],
  },
  parallelism: { effective: 0.7, runningMs: 70, threads: [{ thread: writer, statesMs: { blocked: 30, running: 70 } }] },
  objects: [
    {
      subject: cache,
      waits: [{ operation: 'lock.acquire', ...durations }],
      lock: {
        acquires: 4,
        contended: 2,
        holds: durations,
        blame: [
          { waiter: place, holder: { file: 'src/query.ts', line: 12 }, isNobody: false, ms: 30 },
          { waiter: place, holder: null, isNobody: true, ms: 10 },
        ],
      },
    },
    {
      subject: { object: { id: 8, kind: 'queue', name: 'jobs\u001b[2J', inferred: false } },
      waits: [],
      queue: { puts: 3, gets: 2, longest: 2 },
    },
  ],
  objectsLeftOut: 0,
  lines: [{ place, waits: 2, waitMs: 40, holds: 1, holdMs: 5, ended: 0, endedMs: 0 }],
  linesLeftOut: 0,
  resolution: 0.0443,
  incomplete: [],
};

const checkedWith = (...all: (Statistics | undefined)[]): Checked => ({
  ...checkedVerdict(quiet),
  traces: all.map((one) => ({ verdict: quiet, folder: 'packages/app', ...(one !== undefined && { statistics: one }) })),
});

const lines = (text: string): string[] => text.replaceAll('\u00a0', ' ').split('\n');

describe('statistics in reports', () => {
  it('are tables in text, before the line that sums up', () => {
    const shown = lines(REPORT_FORMATS.text(checkedWith(statistics), {}));
    assert.equal(shown[0], 'statistics');
    assert.match(shown.at(-1) ?? '', /^Nothing stuck, nothing slow/);
    const from = shown.indexOf('  who made others wait');
    assert.deepEqual(shown.slice(0, 3), [
      'statistics',
      '  0.70 threads ran on average, in 100 ms.',
      '  Critical path: 70.0 % running, 30.0 % waiting for nobody that is known.',
    ]);
    assert.deepEqual(shown.slice(from + 1, from + 4), [
      '    lock   waits at         while held from    total',
      '    cache  src/store.ts:48  src/query.ts:12  30.0 ms',
      '    cache  src/store.ts:48  (on its way)     10.0 ms',
    ]);
    assert.ok(!shown.join('\n').includes('\u001b'), 'names do not speak to the terminal');
  });

  it('are a fenced block in markdown, with files from the folder of the report', () => {
    const shown = REPORT_FORMATS.markdown(checkedWith(statistics), {});
    assert.match(shown, /### Statistics\n\n```text\nstatistics\n/);
    assert.match(shown, /packages\/app\/src\/store\.ts:48/);
  });

  it('are a key in JSON, the same bytes in whatever order keys were made', () => {
    const shown = REPORT_FORMATS.json(checkedWith(statistics), {});
    const read = (JSON.parse(shown) as { statistics: Record<string, unknown> }).statistics;
    assert.deepEqual(Object.keys(read), [
      ...['elapsedMs', 'criticalPath', 'parallelism', 'objects', 'objectsLeftOut'],
      ...['lines', 'linesLeftOut', 'resolution', 'incomplete'],
    ]);
    const reversed = JSON.parse(
      JSON.stringify(statistics, (_, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).reverse())
          : value,
      ),
    ) as Statistics;
    assert.equal(REPORT_FORMATS.json(checkedWith(reversed), {}), shown);
  });

  it('are nowhere when they were not asked for', () => {
    for (const write of Object.values(REPORT_FORMATS)) {
      assert.doesNotMatch(write(checkedWith(undefined), {}), /statistics/i);
    }
  });

  it('say of which of several traces they are', () => {
    const shown = REPORT_FORMATS.text(checkedWith(statistics, undefined, statistics), {});
    assert.equal(shown.split(`statistics of ${quiet.trace.file}`).length, 3);
  });
});
