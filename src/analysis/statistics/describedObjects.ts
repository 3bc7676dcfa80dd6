import { millisFromNanos } from '../../base/brand.js';
import { opSpec } from '../../trace/ops.js';
import { NOBODY, type BlameMatrices } from './blame.js';
import { summaryOf, type Described } from './described.js';
import type { ObjectSums } from './objectStatistics.js';
import type { BlameStatistics, ObjectStatisticsRow, StatisticsPlace } from './statistics.js';
import { isThreadKey } from './subject.js';

/** Of a lock's matrix so many pairs of lines are told. */
const MAX_BLAME = 50;

export function describedObject(object: ObjectSums, blame: BlameMatrices, described: Described): ObjectStatisticsRow {
  const { key, waits, deeds, longest, delays } = object;
  const isQueue = deeds.put + deeds.got + deeds.taskDone > 0;
  const lock = isThreadKey(key) ? undefined : lockOf(object, blame, described);
  return {
    subject: described.subject(key),
    waits: [...waits]
      .sort(([a], [b]) => a - b)
      .map(([op, durations]) => ({ operation: opSpec(op)?.name ?? String(op), ...summaryOf(durations) })),
    ...(lock !== undefined && { lock }),
    ...(isQueue && { queue: { puts: deeds.put, gets: deeds.got, longest } }),
    ...(delays.count > 0 && { delays: summaryOf(delays) }),
  };
}

function lockOf(
  object: ObjectSums,
  blame: BlameMatrices,
  described: Described,
): ObjectStatisticsRow['lock'] | undefined {
  const { model } = described;
  const isInferred = model.inference.lockOf(object.key) !== undefined;
  const isLock = isInferred || (model.objects.get(object.key)?.lock ?? null) !== null;
  if (!isLock) return undefined;
  return {
    acquires: object.acquires,
    contended: isInferred ? null : object.contended,
    holds: summaryOf(object.holds),
    blame: describedBlame(object.key, blame, described),
  };
}

/** Lines instead of stacks; what is beyond the limit, or was not kept, is one row of nobody's. */
function describedBlame(lock: number, blame: BlameMatrices, described: Described): BlameStatistics[] {
  const { rows, notKeptNs } = blame.matrix(lock, described.model.now);
  const sums = new Map<string, { row: Omit<BlameStatistics, 'ms'>; ns: number }>();
  for (const { waiter, holder, ns } of rows) {
    const row = { waiter: described.place(waiter), holder: described.place(holder), isNobody: holder === NOBODY };
    const key = `${nameOf(row.waiter)} ${nameOf(row.holder)} ${row.isNobody}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { row, ns });
    else sum.ns += ns;
  }
  const sorted = [...sums.values()].sort((a, b) => b.ns - a.ns);
  const restNs = sorted.slice(MAX_BLAME).reduce((sum, { ns }) => sum + ns, notKeptNs);
  const told = sorted.slice(0, MAX_BLAME).map(({ row, ns }) => ({ ...row, ms: millisFromNanos(ns) }));
  if (restNs > 0) told.push({ waiter: null, holder: null, isNobody: false, ms: millisFromNanos(restNs) });
  return told;
}

const nameOf = (place: StatisticsPlace | null): string => (place === null ? '' : `${place.file}:${place.line}`);
