import assert from 'node:assert/strict';
import type { CircleMember } from '../../src/protocol/verdict.js';
import { loopOf } from '../../webview/timeline/deadlockLoop.js';
import { layOut } from '../../webview/timeline/layout.js';
import { SceneHost } from './sceneA.js';

const HEAD = 12;

/** The scene's threads 1, 2 and so on hold its locks, and each waits for the lock of the next. */
function circleOf(count: number, hasLocks: boolean) {
  const opened = new SceneHost().opened();
  const lockOf = (i: number): number => (hasLocks ? 900 + i : 0);
  const circle = Array.from({ length: count }, (_, i): CircleMember => {
    const next = (i + 1) % count;
    return {
      thread: i + 1,
      waitsFor: lockOf(next),
      waitStartMs: 10,
      holds: lockOf(i),
      holdStartMs: 5,
      waitsForThread: next + 1,
    };
  });
  const lanes = opened.lanes.filter(({ kind }) => kind !== 'lock');
  const locks = circle.map(({ thread, holds }, i) => ({ id: 100 + i, kind: 'lock' as const, thread, object: holds }));
  const findings = [{ ...opened.verdict!.findings[0]!, circle }];
  const trace = { ...opened, lanes: [...lanes, ...locks], verdict: { ...opened.verdict!, findings } };
  return layOut(trace, { opened: new Map(), isNarrow: false });
}

describe('the loop of a deadlock', () => {
  for (const count of [1, 2, 3]) {
    it(`of ${count} has its heads on itself, one at each lock`, () => {
      const layout = circleOf(count, true);
      const loop = loopOf(layout, layout.cycles[0]!)!;
      assert.equal(loop.heads.length, count);
      for (const { y, direction } of loop.heads) {
        const back = y - direction * HEAD;
        assert.ok(
          Math.min(y, back) >= loop.top && Math.max(y, back) <= loop.bottom,
          `${y} in ${loop.top}-${loop.bottom}`,
        );
        const lock = layout.rows.find((row) => row.kind === 'lock' && y > row.y && y < row.y + row.height);
        assert.ok(lock, `a lock at ${y}`);
      }
    });
  }

  it('is none where its threads have no rows', () => {
    const layout = circleOf(2, true);
    assert.equal(loopOf({ ...layout, rows: [] }, layout.cycles[0]!), null);
  });
});
