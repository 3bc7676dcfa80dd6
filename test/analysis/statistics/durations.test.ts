import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Durations, RESOLUTION } from '../../../src/analysis/statistics/durations.js';

describe('durations in buckets', () => {
  it('give shares to within the resolution, and all else exactly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 64, max: 60e9 }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.95, 0.99, 1),
        (all, share) => {
          const durations = new Durations();
          for (const ns of all) durations.add(ns);
          const sorted = [...all].sort((a, b) => a - b);
          const wanted = sorted[Math.ceil(share * all.length) - 1] as number;
          const found = durations.quantile(share);
          assert.ok(Math.abs(found - wanted) <= RESOLUTION * wanted + 1, `${found} is not ${wanted}`);
          assert.equal(durations.count, all.length);
          assert.equal(durations.longestNs, sorted.at(-1));
          assert.equal(
            durations.totalNs,
            all.reduce((sum, ns) => sum + ns, 0),
          );
        },
      ),
    );
  });

  it('take what is shorter or longer than all buckets', () => {
    const durations = new Durations();
    for (const ns of [0, 1, 1e18]) durations.add(ns);
    assert.equal(durations.quantile(1), 1e18);
    assert.ok(durations.quantile(0) < 70);
  });

  it('are 0 when there are none', () => assert.equal(new Durations().quantile(0.5), 0));
});
