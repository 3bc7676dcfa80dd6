import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { FLAG } from '../../src/protocol/tileLayout.js';
import { marksOf } from '../../src/timeline/marks.js';
import { findingOf, locationOf } from '../indexer/findings.js';

const MS = 1e6;
const marks = (...findings: Finding[]): unknown =>
  marksOf({
    trace: { file: '', events: 0, threads: 0, durationMs: 0, end: 'open', exitCode: null, dropped: 0 },
    findings,
    incomplete: [],
  }).map(({ kind, thread, object, start, end, flag }) => [kind, thread, object, start / MS, end / MS, flag]);

describe('marks', () => {
  it('show the waits of a deadlock, its locks from the moment that it closed, and who is stuck behind', () => {
    const locations = [locationOf('holds', 1, 10, 1), locationOf('waits', 1, 20, 5), locationOf('starts', 0, 20, 0)];
    assert.deepEqual(marks(findingOf('deadlock', locations, 'error', [3])), [
      ['holds', 1, 10, 5, 100, FLAG.deadlocked],
      ['lock', 1, 10, 5, 100, FLAG.deadlocked],
      ['thread', 1, 0, 5, 5, FLAG.deadlocked],
      ['thread', 3, 0, (100 * MS - 1) / MS, 100, FLAG.stuck],
    ]);
  });

  it('show what waits for a Web Lock where its thread is at the end: it did not stop', () => {
    const finding = findingOf('deadlock', [locationOf('waits', 1, 20, 5)], 'error');
    const object = { id: 20, kind: 'weblock', name: 'a', inferred: false } as const;
    assert.deepEqual(marks({ ...finding, objects: [object] }), [
      ['thread', 1, 0, (100 * MS - 1) / MS, 100, FLAG.deadlocked],
    ]);
  });

  it('show of a warning the interval that begins at its place, and of a note nothing', () => {
    const locations = [locationOf('acquires', 1, 10, 7)];
    assert.deepEqual(marks(findingOf('lock-order-inversion', locations, 'warning')), [
      ['holds', 1, 10, 7, 7, FLAG.warning],
      ['lock', 1, 10, 7, 7, FLAG.warning],
    ]);
    assert.deepEqual(marks(findingOf('back-pressure', locations, 'note')), []);
  });
});
