import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nanos } from '../../src/base/brand.js';
import type { Hold } from '../../src/model/intervals.js';
import { BAND, FLAG } from '../../src/protocol/tileLayout.js';
import type { LaneColumns } from '../../src/timeline/laneColumns.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { LOCKS, LockProgram, THREADS, programs, type History, type Step } from './lockProgram.js';

function played(steps: readonly Step[], tailAt: (step: number) => boolean): { timeline: Timeline; history: History } {
  const timeline = new Timeline();
  const program = new LockProgram(timeline);
  steps.forEach((step, i) => {
    program.play(step);
    if (tailAt(i)) timeline.tail(nanos(program.now), () => program.flush());
  });
  program.now += 5;
  timeline.tail(nanos(program.now), () => program.flush());
  return { timeline, history: program };
}

const rows = (columns: LaneColumns | undefined): number[][] =>
  Array.from({ length: columns?.length ?? 0 }, (_, i) => {
    const { start, end, state, flags, object, stack } = columns as LaneColumns;
    return [start[i], end[i], state[i], flags[i], object[i], stack[i]] as number[];
  });

function rowAt(columns: LaneColumns | undefined, t: number): { state: number; object: number } | null {
  if (!columns) return null;
  const row = columns.firstEndingAfter(t);
  if (row >= columns.length || (columns.start[row] as number) > t) return null;
  return { state: columns.state[row] as number, object: columns.object[row] as number };
}

describe('bands of locks', () => {
  it('say at each moment who holds what, and whether somebody else wants it', () => {
    fc.assert(
      fc.property(programs, (steps) => {
        const { timeline, history } = played(steps, () => false);
        const until = (end: number, isOpen: boolean): number => (isOpen ? history.now : end);
        const wantedAt = (hold: Hold, t: number): number =>
          history.waits.filter(
            (wait) => wait.object === hold.lock && wait.since < t && until(wait.until, wait.outcome === 'open') > t,
          ).length;
        for (let t = 1000.5; t < history.now; t += 1) {
          const now = history.holds.filter((hold) => hold.since < t && until(hold.until, hold.releasedBy < 0) > t);
          for (let thread = 0; thread < THREADS; thread += 1) {
            const own = now.filter((hold) => hold.thread === thread);
            for (let lock = 1; lock <= LOCKS; lock += 1) {
              const hold = own.find((one) => one.lock === lock);
              const state = hold && (wantedAt(hold, t) > 0 ? BAND.wanted : BAND.held);
              const shown = rowAt(timeline.laneOf('lock', thread, lock)?.columns, t);
              assert.deepEqual(shown, hold ? { state, object: lock } : null, `lock ${lock} at ${t}`);
            }
            const shown = rowAt(timeline.laneOf('holds', thread)?.columns, t);
            const most = Math.max(0, ...own.map((hold) => wantedAt(hold, t)));
            const best = own.filter((hold) => wantedAt(hold, t) === most).at(-1);
            const expected = best && { state: most > 0 ? BAND.wanted : BAND.held, object: best.lock };
            assert.deepEqual(shown, expected ?? null, `thread ${thread} at ${t}`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are the same whether the trace came at once or grew', () => {
    fc.assert(
      fc.property(programs, fc.infiniteStream(fc.boolean()), (steps, choices) => {
        const once = played(steps, () => false).timeline;
        const grown = played(steps, () => choices.next().value as boolean).timeline;
        const all = (timeline: Timeline): unknown =>
          timeline.lanes
            .map(({ lane, columns }) => [`${lane.kind} ${lane.thread} ${lane.object}`, rows(columns)] as const)
            .filter(([, some]) => some.length > 0)
            .sort(([a], [b]) => (a < b ? -1 : 1));
        assert.deepEqual(all(grown), all(once));
      }),
    );
  });

  it('of what is still held are open, and nothing else is', () => {
    fc.assert(
      fc.property(programs, (steps) => {
        const { timeline, history } = played(steps, () => false);
        for (const { columns } of timeline.lanes) {
          for (const [, end, , flags] of rows(columns)) {
            assert.equal(flags, end === history.now ? FLAG.open : 0);
          }
        }
      }),
    );
  });
});
