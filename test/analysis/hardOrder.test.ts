import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HardOrder, type Moment } from '../../src/analysis/hardOrder.js';
import { nanos } from '../../src/base/brand.js';
import type { Transfer } from '../../src/model/intervals.js';

const THREADS = 4;

function transfer(
  from: number,
  fromTime: number,
  to: number,
  toTime: number,
  kind: Transfer['kind'] = 'item',
): Transfer {
  return {
    kind,
    object: 1,
    fromThread: from,
    fromTime: nanos(fromTime),
    fromStack: -1,
    toThread: to,
    toTime: nanos(toTime),
  };
}

describe('hard order', () => {
  it('uses what the cause knew then, not what its thread learnt later', () => {
    const order = new HardOrder();
    const early = order.moment(1, nanos(5));
    order.transfer(transfer(1, 10, 2, 30));
    // Sent at 20, before 2 heard of 1.
    order.transfer(transfer(2, 20, 3, 40));
    assert.equal(order.isOrdered(early, order.moment(3, nanos(50))), false);
    order.transfer(transfer(2, 35, 3, 60));
    assert.equal(order.isOrdered(early, order.moment(3, nanos(70))), true);
  });

  it('does not count that a lock was handed over', () => {
    const order = new HardOrder();
    const early = order.moment(1, nanos(5));
    order.transfer(transfer(1, 10, 2, 30, 'handOver'));
    assert.equal(order.isOrdered(early, order.moment(2, nanos(40))), false);
  });

  /** Steps at the times 1, 2, 3, …; a step takes an earlier one of another thread as its cause, or none. */
  const histories = fc.array(fc.record({ thread: fc.nat(THREADS - 1), cause: fc.option(fc.nat(30)) }), {
    maxLength: 30,
  });

  it('is the closure of program order and transfers', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const order = new HardOrder();
        const moments: Moment[] = [];
        const before: Set<number>[] = [];
        steps.forEach(({ thread, cause }, i) => {
          const source = cause !== null && cause < i ? steps[cause] : undefined;
          const known = new Set<number>();
          steps.forEach((other, j) => {
            if (j < i && (other.thread === thread || j === cause))
              [j, ...(before[j] ?? [])].forEach((k) => known.add(k));
          });
          before.push(known);
          if (source && cause !== null) order.transfer(transfer(source.thread, cause + 1, thread, i + 1));
          moments.push(order.moment(thread, nanos(i + 1)));
        });
        steps.forEach(({ thread }, i) => {
          for (let j = 0; j < i; j++) {
            if (steps[j]?.thread === thread) continue;
            const expected = before[i]?.has(j) === true;
            assert.equal(order.isOrdered(moments[j] as Moment, moments[i] as Moment), expected, `${j} before ${i}`);
          }
        });
      }),
    );
  });
});
