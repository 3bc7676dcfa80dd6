import { millisFromNanos } from '../../base/brand.js';
import { byPlace, type Described } from './described.js';
import type { LineSums } from './lineStatistics.js';
import type { LineStatisticsRow } from './statistics.js';

type Sum = { -readonly [Key in keyof LineStatisticsRow]: LineStatisticsRow[Key] };

/** Stacks that stand at the same line together; what was waited for or held longest first. */
export function describedLines(lines: readonly LineSums[], described: Described): LineStatisticsRow[] {
  const sums = byPlace<LineSums, Sum>(
    lines,
    described,
    (line, place) => ({ place, ...inMillis(line) }),
    (sum, line) => {
      const more = inMillis(line);
      for (const key of ['waits', 'waitMs', 'holds', 'holdMs', 'ended', 'endedMs'] as const) sum[key] += more[key];
    },
  );
  return sums.sort((a, b) => b.waitMs - a.waitMs || b.holdMs - a.holdMs || b.endedMs - a.endedMs || b.waits - a.waits);
}

function inMillis({ waits, waitNs, holds, holdNs, ended, endedNs }: LineSums): Omit<LineStatisticsRow, 'place'> {
  return {
    waits,
    waitMs: millisFromNanos(waitNs),
    holds,
    holdMs: millisFromNanos(holdNs),
    ended,
    endedMs: millisFromNanos(endedNs),
  };
}
