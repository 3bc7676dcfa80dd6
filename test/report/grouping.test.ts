import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { groupedFindings } from '../../src/report/checked.js';
import { circle, noPlace, oddNames, verdictOf } from './checkedRun.js';

const grouped = (...traces: (readonly Finding[])[]): ReturnType<typeof groupedFindings> =>
  groupedFindings(traces.map((findings, i) => ({ verdict: verdictOf(`${i}.lanes`, findings), folder: '' })));

describe('findings of several traces', () => {
  it('are told once, with the traces that have them, the worst first', () => {
    const found = grouped([oddNames], [noPlace, circle], [circle, oddNames]);
    assert.deepEqual(
      found.map(({ finding, traces }) => [finding.id, traces]),
      [
        ['deadlock', ['1.lanes', '2.lanes']],
        ['contention', ['0.lanes', '2.lanes']],
        ['abandoned-lock', ['1.lanes']],
      ],
    );
  });

  const worse: Readonly<Record<string, readonly [Partial<Finding>, Partial<Finding>]>> = {
    'more severe': [{ severity: 'note' }, { severity: 'error' }],
    surer: [{ grade: 'likely' }, { grade: 'certain' }],
    'more severe, though less sure': [
      { severity: 'warning', grade: 'certain' },
      { severity: 'error', grade: 'likely' },
    ],
  };
  for (const [how, [less, more]] of Object.entries(worse)) {
    it(`are told as the trace has them in which they are ${how}`, () => {
      const [lesser, greater] = [
        { ...circle, ...less, title: 'less' },
        { ...circle, ...more, title: 'more' },
      ];
      assert.equal(grouped([lesser], [greater])[0]?.finding.title, 'more');
      assert.equal(grouped([greater], [lesser])[0]?.finding.title, 'more');
    });
  }

  it('are told in the order of what they cost where they weigh the same', () => {
    const costing = (waitMs: number): Finding => ({
      ...circle,
      cost: { waitMs, count: 1 },
      fingerprint: String(waitMs),
    });
    assert.deepEqual(
      grouped([costing(2)], [costing(3), costing(1)]).map(({ finding }) => finding.cost.waitMs),
      [3, 2, 1],
    );
  });

  it('are told as the first trace has them where they are the same', () => {
    assert.equal(grouped([{ ...circle, title: 'first' }], [circle])[0]?.finding.title, 'first');
  });
});
