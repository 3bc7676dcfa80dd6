import { nanosFromMillis } from '../base/brand.js';
import type { Finding, FindingLocation, Verdict } from '../analysis/finding.js';
import { FLAG } from '../protocol/tileLayout.js';
import type { LaneKind } from '../protocol/messages.js';

/** Flags the intervals of a lane that touch a stretch of time (both ends included), of one lock or of anything. */
export interface Mark {
  readonly kind: LaneKind;
  readonly thread: number;
  /** The lock; 0: whatever the interval is of. */
  readonly object: number;
  readonly start: number;
  readonly end: number;
  readonly flag: number;
}

const CYCLES: ReadonlySet<string> = new Set(['deadlock', 'self-deadlock']);

/** What a verdict makes visible at every zoom: the waits and holds at the places that its findings name. */
export function marksOf({ findings }: Verdict): Mark[] {
  return findings.flatMap((finding) => {
    const flag = flagOf(finding);
    if (flag === 0) return [];
    const end = nanosFromMillis(finding.endMs);
    const stuck = finding.stuckBehind.map(({ id }): Mark => ({
      kind: 'thread',
      thread: id,
      object: 0,
      start: end - 1,
      end,
      flag: FLAG.stuck,
    }));
    return [...finding.locations.flatMap((location) => marksAt(location, finding, flag)), ...stuck];
  });
}

function flagOf({ id, severity }: Finding): number {
  if (CYCLES.has(id)) return FLAG.deadlocked;
  return severity === 'error' ? FLAG.error : severity === 'warning' ? FLAG.warning : 0;
}

/** The interval that begins at the location; what a cycle holds is marked from the moment that the cycle closed. */
function marksAt({ role, thread, object, timeMs }: FindingLocation, finding: Finding, flag: number): Mark[] {
  const at = nanosFromMillis(timeMs);
  if (role === 'waits' && finding.objects.some(({ id, kind }) => id === object && kind === 'weblock')) {
    // Its thread did not stop there: what it does at the end is what it will do for ever.
    const end = nanosFromMillis(finding.endMs);
    return [{ kind: 'thread', thread, object: 0, start: end - 1, end, flag }];
  }
  if (role === 'waits') return [{ kind: 'thread', thread, object: 0, start: at, end: at, flag }];
  if ((role !== 'holds' && role !== 'acquires') || object === null) return [];
  const isCycle = flag === FLAG.deadlocked;
  const start = isCycle ? Math.max(at, nanosFromMillis(finding.startMs)) : at;
  const end = isCycle ? Math.max(start, nanosFromMillis(finding.endMs)) : at;
  return [
    { kind: 'holds', thread, object, start, end, flag },
    { kind: 'lock', thread, object, start, end, flag },
  ];
}
