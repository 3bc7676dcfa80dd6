import { millisFromNanos } from '../../base/brand.js';
import { opSpec } from '../../trace/ops.js';
import { byPlace, type Described } from './described.js';
import type { PathSegment } from './pathSegment.js';
import type { PathShares } from './pathShares.js';
import type { CriticalPathStatistics, CriticalSegment } from './statistics.js';
import { subjectKey } from './subject.js';
import type { Tally } from './tally.js';

/** Of shares by thread, line or object so many are told. */
const MAX_SHARES = 100;

export function describedPath(path: PathShares, described: Described): CriticalPathStatistics {
  const segments = path.segments().map((segment) => describedSegment(segment, described));
  return {
    totalMs: millisFromNanos(path.totalNs),
    segments,
    segmentsLeftOut: path.count - segments.length,
    threads: longest(path.threads).map(({ key, ns }) => ({
      thread: described.wording.findingThread(key),
      ms: millisFromNanos(ns),
    })),
    activities: [...path.activities]
      .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
      .map(([what, ns]) => ({ what, ms: millisFromNanos(ns) })),
    lines: byPlace(
      path.lines.sorted().map(({ key, ns }) => ({ stack: key, ns })),
      described,
      ({ ns }, place) => ({ place, ms: millisFromNanos(ns) }),
      (sum, { ns }) => (sum.ms += millisFromNanos(ns)),
    )
      .sort((a, b) => b.ms - a.ms)
      .slice(0, MAX_SHARES),
    waits: longest(path.passed).map(({ key, ns, count }) => ({
      subject: described.subject(key),
      count,
      ms: millisFromNanos(ns),
    })),
  };
}

const longest = (tally: Tally): ReturnType<Tally['sorted']> => tally.sorted().slice(0, MAX_SHARES);

function describedSegment(
  { thread, from, to, what, op, object, stack }: PathSegment,
  described: Described,
): CriticalSegment {
  const spec = op === 0 ? undefined : opSpec(op);
  const hasSubject = spec !== undefined && spec.subject !== 'none';
  return {
    thread,
    fromMs: millisFromNanos(from),
    toMs: millisFromNanos(to),
    what,
    operation: spec?.name ?? null,
    subject: hasSubject ? described.subject(subjectKey(spec.family, object)) : null,
    place: described.place(stack),
  };
}
