import assert from 'node:assert/strict';
import type { Finding } from '../../src/protocol/verdict.js';
import { markedPlaces } from '../../webview/timeline/findingMarks.js';
import { findingOf, locationOf } from '../indexer/findings.js';

const placesOf = (finding: Finding): string[] =>
  markedPlaces(finding).map(({ thread, timeMs }) => `${thread} at ${timeMs}`);

describe('marks of findings', () => {
  it('stand at the places of every finding, whatever happened there', () => {
    for (const severity of ['error', 'warning', 'note'] as const) {
      const locations = (['reads', 'writes', 'submits', 'fails', 'waits'] as const).map((role, i) =>
        locationOf(role, i, 9, 10 + i),
      );
      assert.deepEqual(placesOf(findingOf('any', locations, severity)), [
        '0 at 10',
        '1 at 11',
        '2 at 12',
        '3 at 13',
        '4 at 14',
      ]);
    }
  });

  it('stand where it began when no place is known', () => {
    const finding = findingOf('dropped', [locationOf('posts', 4, 9, 0)], 'note');
    assert.deepEqual(placesOf({ ...finding, threads: [{ id: 3, name: 'pool-3' }] }), ['3 at 5']);
  });

  it('are none for a circle, which is drawn, and not too many', () => {
    const member = { thread: 1, waitsFor: 9, waitStartMs: 1, holds: 0, holdStartMs: 0, waitsForThread: 1 };
    const waits = Array.from({ length: 40 }, (_, i) => locationOf('waits', i, 9, 10));
    assert.deepEqual(placesOf({ ...findingOf('deadlock', waits), circle: [member] }), []);
    assert.equal(placesOf(findingOf('contention', waits)).length, 8);
  });
});
