import assert from 'node:assert/strict';
import fc from 'fast-check';
import { panned, TimeScale, zoomed } from '../../webview/timeline/timeScale.js';

const whole = { start: 0, end: 10e9 };

describe('time scale', () => {
  it('turns times to pixels and back', () => {
    const scale = new TimeScale({ start: 2e9, end: 4e9 }, 1000);
    assert.equal(scale.x(3e9), 500);
    assert.equal(scale.time(500), 3e9);
    assert.equal(scale.nsPerPx, 2e6);
  });

  it('chooses bins of one to two pixels', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 4000 }),
        fc.double({ min: 1e5, max: 1e14, noNaN: true }),
        (width, length) => {
          const scale = new TimeScale({ start: 0, end: length }, width);
          const bin = 2 ** scale.level / scale.nsPerPx;
          assert.ok(bin >= 1 && bin < 2.000001, `a bin of ${bin} px`);
        },
      ),
    );
  });

  it('names round times with as many digits as tell them apart', () => {
    const { times, digits } = new TimeScale({ start: 2e9, end: 2.24e9 }, 1200).ticks(100);
    assert.deepEqual([times[0], times[1]], [2e9, 2.02e9]);
    assert.equal(digits, 2);
  });

  it('zooms around a point that stays where it is', () => {
    const range = zoomed({ start: 4e9, end: 6e9 }, 5e9, 0.5, whole);
    assert.deepEqual(range, { start: 4.5e9, end: 5.5e9 });
  });

  it('never loses the trace out of sight', () => {
    const moves = fc.array(
      fc.tuple(fc.double({ min: -3e10, max: 3e10, noNaN: true }), fc.double({ min: 0.2, max: 5, noNaN: true })),
    );
    fc.assert(
      fc.property(moves, (steps) => {
        let range = whole;
        for (const [by, factor] of steps) {
          range = panned(zoomed(range, (range.start + range.end) / 2, factor, whole), by, whole);
          assert.ok(range.end > range.start);
          assert.ok(range.start < whole.end && range.end > whole.start);
        }
      }),
    );
  });
});
