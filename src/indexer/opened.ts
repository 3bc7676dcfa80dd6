import { millisFromNanos } from '../base/brand.js';
import type { Verdict } from '../analysis/finding.js';
import type { Naming } from '../analysis/naming.js';
import type { Transfer } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import { THREAD_STATE } from '../model/threadState.js';
import { BIN } from '../protocol/tileLayout.js';
import type { Arrow, Lane, ObjectInfo, Opened, Standing, ThreadInfo } from '../protocol/messages.js';
import { standingText } from '../timeline/intervalText.js';
import { SLOTS, type LaneColumns } from '../timeline/laneColumns.js';
import type { LaneData } from '../timeline/laneTable.js';
import type { Timeline } from '../timeline/timeline.js';
import type { Dictionary } from '../trace/dictionary.js';

/** Opening a trace sends less than 2 MB: so many lanes of locks and so many objects at most. */
const MAX_LOCK_LANES = 4000;
const MAX_OBJECTS = 8000;

const LOCK_KINDS: ReadonlySet<string> = new Set(['lock', 'rlock', 'rwlock']);

export interface Indexed {
  readonly file: string;
  readonly isLive: boolean;
  readonly dictionary: Dictionary;
  readonly threads: Model['threads'];
  readonly timeline: Timeline;
  readonly naming: Naming;
  readonly verdict: Verdict | null;
  readonly revision: number;
}

/** What the view knows of the trace before it asks for tiles. */
export function openedOf(indexed: Indexed): Omit<Opened, 'type'> {
  const { file, isLive, dictionary, timeline, verdict, revision } = indexed;
  const lanes = lanesOf(timeline);
  return {
    program: dictionary.traceHeader?.program ?? '',
    root: dictionary.traceHeader?.root ?? '',
    file,
    durationMs: millisFromNanos(timeline.now),
    live: isLive,
    threads: threadsOf(indexed),
    objects: objectsOf(indexed),
    objectCount: dictionary.objects.size,
    lanes,
    arrows: timeline.arrows.map(arrowOf),
    verdict,
    standing: standingOf(indexed),
    locks: [...dictionary.objects.values()].filter(({ kind }) => LOCK_KINDS.has(kind)).length,
    longestWaitMs: millisFromNanos(timeline.longestWait),
    revision,
  };
}

function arrowOf({ kind, fromThread, fromTime, toThread, toTime }: Transfer): Arrow {
  return {
    kind: kind === 'start' ? 'start' : 'join',
    from: fromThread,
    fromMs: millisFromNanos(fromTime),
    to: toThread,
    toMs: millisFromNanos(toTime),
  };
}

/** The last interval of each thread that is stuck behind a finding. */
function standingOf({ timeline, naming, verdict }: Indexed): Standing[] {
  const threads = new Set(verdict?.findings.flatMap(({ stuckBehind }) => stuckBehind.map(({ id }) => id)));
  return [...threads].flatMap((thread) => {
    const columns = timeline.laneOf('thread', thread)?.columns;
    if (!columns || columns.length === 0) return [];
    const row = columns.length - 1;
    const text = standingText(naming, columns.state[row] as number, columns.object[row] as number);
    const stack = columns.stack[row] as number;
    return text === null ? [] : [{ thread, text, frame: (stack < 0 ? undefined : naming.frames(stack)[0]) ?? null }];
  });
}

/** All lanes of threads; of the locks, when there are too many, those that somebody waited for or a finding names. */
function lanesOf({ lanes }: Timeline): Lane[] {
  const locks = lanes.filter(({ lane }) => lane.kind === 'lock');
  if (locks.length <= MAX_LOCK_LANES) return lanes.map(({ lane }) => lane);
  const byUse = locks
    .map((data) => ({ data, flagged: data.columns.flagged.length, rows: data.columns.length }))
    .sort((a, b) => b.flagged - a.flagged || b.rows - a.rows)
    .slice(0, MAX_LOCK_LANES);
  const kept = new Set<LaneData>(byUse.map(({ data }) => data));
  return lanes.filter((data) => data.lane.kind !== 'lock' || kept.has(data)).map(({ lane }) => lane);
}

function threadsOf({ timeline, threads: models, dictionary, naming }: Indexed): ThreadInfo[] {
  const threads = timeline.lanes
    .filter(({ lane, columns }) => lane.kind === 'thread' && columns.length > 0)
    .sort((a, b) => a.lane.thread - b.lane.thread);
  const time = new Float64Array(SLOTS);
  return threads.map(({ lane: { thread }, columns }) => {
    columns.timeBefore(Infinity, columns.length, time);
    const waitedNs = [BIN.blocked, BIN.waiting, BIN.parked].reduce((sum, slot) => sum + (time[slot] as number), 0);
    const model = models.get(thread);
    const record = dictionary.threads.get(thread);
    return {
      id: thread,
      name: naming.thread(thread),
      parent: record?.parent ?? null,
      waitedMs: millisFromNanos(waitedNs),
      startMs: millisFromNanos(beginOf(columns)),
      endMs: model && model.endedAt >= 0 ? millisFromNanos(model.endedAt) : null,
    };
  });
}

/** A lane may say first for how long its thread had not started. */
function beginOf({ start, end, state }: LaneColumns): number {
  return (state[0] === THREAD_STATE.notStarted ? end[0] : start[0]) as number;
}

/** The objects that a lane or a finding speaks of. */
function objectsOf({ timeline, dictionary, naming, verdict }: Indexed): ObjectInfo[] {
  const ids = new Set<number>(verdict?.findings.flatMap(({ objects }) => objects.map(({ id }) => id)));
  for (const id of timeline.objects) {
    if (ids.size >= MAX_OBJECTS) break;
    ids.add(id);
  }
  return [...ids].map((id) => ({
    id,
    kind: dictionary.objects.get(id)?.kind ?? 'unknown',
    name: naming.object(id),
  }));
}
