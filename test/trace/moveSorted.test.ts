import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventColumns } from '../../src/trace/eventBatch.js';

/** The operand tells the rows apart. */
const rowsOf = ({ t, arg, length }: EventColumns): [number, number][] =>
  Array.from({ length }, (_, i) => [t[i] as number, arg[i] as number]);

describe('events that are moved in the order of time', () => {
  it('come out as if all had been sorted, whatever comes between', () => {
    const drain = fc.record({ times: fc.array(fc.nat(40), { maxLength: 40 }), until: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(drain, { maxLength: 6 }), (drains) => {
        const [waiting, moved] = [new EventColumns(16), new EventColumns(16)];
        let left: [number, number][] = [];
        const expected: [number, number][] = [];
        let number = 0;
        for (const { times, until } of drains) {
          for (const t of times) {
            left.push([t, number]);
            waiting.push(t, 0, 0, 0, -1, false, number++, 0);
          }
          waiting.moveSorted(until, moved);
          expected.push(...left.filter(([t]) => t <= until).sort(([a], [b]) => a - b));
          left = left.filter(([t]) => t > until);
          assert.deepEqual(rowsOf(moved), expected);
          assert.deepEqual(rowsOf(waiting).sort(), [...left].sort());
        }
      }),
    );
  });
});
