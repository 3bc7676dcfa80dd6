import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventAt, EventColumns } from '../../src/trace/eventBatch.js';

describe('event columns', () => {
  it('sort by time and keep the order of equal times, again and again', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(20), { maxLength: 40 }), { maxLength: 4 }), (rounds) => {
        const columns = new EventColumns(1);
        for (const times of rounds) {
          columns.clear();
          times.forEach((t, i) => columns.push(t, i, i, i, -i, i % 2, i / 2, -i));
          columns.sortByTime();
          const expected = times.map((t, i) => [t, i] as const).sort((a, b) => a[0] - b[0]);
          assert.equal(columns.length, times.length);
          expected.forEach(([t, i], row) => {
            const sampled = i % 2 === 1;
            const event = { t, thread: i, op: i, object: i, stack: 0 - i, sampled, arg: i / 2, extra: 0 - i };
            assert.deepEqual(eventAt(columns, row), event);
          });
        }
      }),
    );
  });

  it('forget their first and their last rows', () => {
    const columns = new EventColumns(2);
    for (let i = 0; i < 10; i++) columns.push(i, 0, 0, 0, -1, false, NaN, 0);
    columns.truncate(8);
    columns.dropFirst(3);
    assert.deepEqual([...columns.t.subarray(0, columns.length)], [3, 4, 5, 6, 7]);
  });
});
