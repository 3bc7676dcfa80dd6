import type { FindingObject, FindingThread } from '../analysis/finding.js';
import type {
  CriticalPathStatistics,
  DurationSummary,
  ObjectStatisticsRow,
  ParallelismStatistics,
  Statistics,
  StatisticsPlace,
  StatisticsSubject,
} from '../analysis/statistics/statistics.js';
import { THREAD_STATE, type ThreadStateName } from '../model/threadState.js';

const stateNames = Object.keys(THREAD_STATE) as ThreadStateName[];

/** The value of the key `statistics`: keys in a fixed order. */
export function statisticsJson(statistics: Statistics): object {
  const { elapsedMs, criticalPath, parallelism, objects, objectsLeftOut, lines, linesLeftOut } = statistics;
  return {
    elapsedMs,
    criticalPath: pathJson(criticalPath),
    parallelism: parallelismJson(parallelism),
    objects: objects.map(objectJson),
    objectsLeftOut,
    lines: lines.map(({ place, waits, waitMs, holds, holdMs, ended, endedMs }) => ({
      ...placeJson(place),
      waits,
      waitMs,
      holds,
      holdMs,
      ended,
      endedMs,
    })),
    linesLeftOut,
    resolution: statistics.resolution,
    incomplete: statistics.incomplete,
  };
}

function pathJson(path: CriticalPathStatistics): object {
  return {
    totalMs: path.totalMs,
    activities: path.activities.map(({ what, ms }) => ({ what, ms })),
    threads: path.threads.map(({ thread, ms }) => ({ ...threadJson(thread), ms })),
    lines: path.lines.map(({ place, ms }) => ({ ...placeJson(place), ms })),
    waits: path.waits.map(({ subject, count, ms }) => ({ ...subjectJson(subject), count, ms })),
    segments: path.segments.map(({ thread, fromMs, toMs, what, operation, subject, place }) => ({
      thread,
      fromMs,
      toMs,
      what,
      ...(operation !== null && { operation }),
      ...(subject !== null && { on: subjectNumber(subject) }),
      ...(place !== null && placeJson(place)),
    })),
    segmentsLeftOut: path.segmentsLeftOut,
  };
}

function parallelismJson({ effective, runningMs, threads }: ParallelismStatistics): object {
  return {
    effective,
    runningMs,
    threads: threads.map(({ thread, statesMs }) => ({
      ...threadJson(thread),
      statesMs: Object.fromEntries(
        stateNames.flatMap((name) => (statesMs[name] === undefined ? [] : [[name, statesMs[name]]])),
      ),
    })),
  };
}

function objectJson({ subject, waits, lock, queue, delays }: ObjectStatisticsRow): object {
  return {
    ...subjectJson(subject),
    waits: waits.map(({ operation, ...durations }) => ({ operation, ...durationsJson(durations) })),
    ...(lock !== undefined && {
      lock: {
        acquires: lock.acquires,
        contended: lock.contended,
        holds: durationsJson(lock.holds),
        blame: lock.blame.map(({ waiter, holder, isNobody, ms }) => ({
          waiter: waiter && placeJson(waiter),
          holder: holder && placeJson(holder),
          nobody: isNobody,
          ms,
        })),
      },
    }),
    ...(queue !== undefined && { queue: { puts: queue.puts, gets: queue.gets, longest: queue.longest } }),
    ...(delays !== undefined && { delays: durationsJson(delays) }),
  };
}

function durationsJson({ count, totalMs, medianMs, p95Ms, maxMs }: DurationSummary): object {
  return { count, totalMs, medianMs, p95Ms, maxMs };
}

const placeJson = ({ file, line }: StatisticsPlace): object => ({ file, line });
const threadJson = ({ id, name }: FindingThread): object => ({ id, name });
const asObject = ({ id, kind, name, inferred }: FindingObject): object => ({ id, kind, name, inferred });

/** A thread that is joined stands among objects as one of the kind `thread`. */
function subjectJson({ object, thread }: StatisticsSubject): object {
  return object === undefined
    ? { id: thread.id, kind: 'thread', name: thread.name, inferred: false }
    : asObject(object);
}

/** Segments are many: the names of what they are about stand elsewhere. */
function subjectNumber({ object, thread }: StatisticsSubject): object {
  return object === undefined ? { id: thread.id, kind: 'thread' } : { id: object.id, kind: object.kind };
}
