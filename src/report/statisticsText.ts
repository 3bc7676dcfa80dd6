import { formatDuration } from '../base/formatDuration.js';
import type { PathActivity } from '../analysis/statistics/pathSegment.js';
import type {
  ObjectStatisticsRow,
  Statistics,
  StatisticsPlace,
  StatisticsSubject,
} from '../analysis/statistics/statistics.js';
import type { Checked } from './checked.js';
import { placeText } from './findingPlace.js';
import { onOneLine } from './sentences.js';

/** Of each table so many rows are shown: all are in the JSON. */
const MAX_ROWS = 10;

const activityWords: Readonly<Record<PathActivity, string>> = {
  runs: 'running',
  wakes: 'waking up',
  waits: 'waiting for nobody that is known',
  loop: 'in an event loop',
  starts: 'starting',
  ended: 'after the end',
  unknown: 'unknown',
};

/**
 * What the time of each trace went into, a block each; none where it was not asked for.
 * @param isFromFolder files are named from the folder of reports, not from the root of the trace
 */
export function statisticsBlocks({ traces }: Checked, isFromFolder: boolean): string[] {
  return traces.flatMap(({ statistics, verdict, folder }) => {
    if (statistics === undefined) return [];
    const head = traces.length > 1 ? [`statistics of ${onOneLine(verdict.trace.file)}`] : ['statistics'];
    return [[...head, ...statisticsLines(statistics, isFromFolder ? folder : '')].join('\n')];
  });
}

function statisticsLines(statistics: Statistics, folder: string): string[] {
  const { elapsedMs, parallelism, criticalPath, objects, lines, incomplete } = statistics;
  const duration = (ms: number): string => formatDuration(ms);
  const share = (ms: number): string => `${((100 * ms) / Math.max(elapsedMs, 1e-6)).toFixed(1)} %`;
  const place = (at: StatisticsPlace): string => onOneLine(placeText(folder, at));
  const paths = criticalPath.activities.map(({ what, ms }) => `${share(ms)} ${activityWords[what]}`);
  return [
    `  ${parallelism.effective.toFixed(2)} threads ran on average, in ${duration(elapsedMs)}.`,
    `  Critical path: ${paths.join(', ')}.`,
    ...table('on the critical path, by thread', ['thread', 'time', 'share'], criticalPath.threads, ({ thread, ms }) => [
      thread.name,
      duration(ms),
      share(ms),
    ]),
    ...table('on the critical path, by line', ['up to', 'time', 'share'], criticalPath.lines, (line) => [
      place(line.place),
      duration(line.ms),
      share(line.ms),
    ]),
    ...table('waits that the critical path passes', ['for', 'waits', 'total'], criticalPath.waits, (wait) => [
      subjectText(wait.subject),
      String(wait.count),
      duration(wait.ms),
    ]),
    ...table(
      'waits by object',
      ['object', 'operation', 'waits', 'total', 'median', 'p95', 'longest'],
      objects.flatMap(({ subject, waits }) => waits.map((wait) => ({ subject, wait }))),
      ({ subject, wait }) => [
        subjectText(subject),
        wait.operation,
        String(wait.count),
        ...[wait.totalMs, wait.medianMs, wait.p95Ms, wait.maxMs].map(duration),
      ],
    ),
    ...table(
      'locks',
      ['lock', 'acquires', 'contended', 'held', 'median', 'p95', 'longest'],
      objects.filter(({ lock }) => lock !== undefined && lock.acquires > 0),
      ({ subject, lock }) => [
        subjectText(subject),
        String(lock?.acquires ?? 0),
        lock?.contended == null ? '?' : `${((100 * lock.contended) / Math.max(1, lock.acquires)).toFixed(1)} %`,
        ...[lock?.holds.totalMs, lock?.holds.medianMs, lock?.holds.p95Ms, lock?.holds.maxMs].map((ms) =>
          duration(ms ?? 0),
        ),
      ],
    ),
    ...table('who made others wait', ['lock', 'waits at', 'while held from', 'total'], blameOf(objects), (row) => [
      subjectText(row.subject),
      row.waiter === null ? '?' : place(row.waiter),
      row.isNobody ? '(on its way)' : row.holder === null ? '?' : place(row.holder),
      duration(row.ms),
    ]),
    ...table(
      'queues',
      ['queue', 'puts', 'gets', 'longest'],
      objects.filter(({ queue }) => queue !== undefined),
      ({ subject, queue }) => [
        subjectText(subject),
        String(queue?.puts ?? 0),
        String(queue?.gets ?? 0),
        String(queue?.longest ?? 0),
      ],
    ),
    ...table('lines', ['line', 'waits', 'waited', 'held from here', 'waits ended here'], lines, (line) => [
      place(line.place),
      String(line.waits),
      duration(line.waitMs),
      duration(line.holdMs),
      String(line.ended),
    ]),
    ...incomplete.map((sentence) => `  ${sentence}`),
  ];
}

function blameOf(objects: Statistics['objects']): (BlameRow & { readonly subject: StatisticsSubject })[] {
  return objects
    .flatMap(({ subject, lock }) => (lock?.blame ?? []).map((row) => ({ ...row, subject })))
    .sort((a, b) => b.ms - a.ms);
}

type BlameRow = NonNullable<ObjectStatisticsRow['lock']>['blame'][number];

const subjectText = ({ object, thread }: StatisticsSubject): string =>
  object === undefined ? `end of ${thread.name}` : object.name;

/** Columns as wide as their widest cell, names at the left and numbers at the right; nothing where there is no row. */
function table<Row>(
  title: string,
  head: readonly string[],
  all: readonly Row[],
  cellsOf: (row: Row) => readonly string[],
): string[] {
  if (all.length === 0) return [];
  const rows = [head, ...all.slice(0, MAX_ROWS).map((row) => cellsOf(row).map(onOneLine))];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const isText = (column: number): boolean =>
    column === 0 || rows.slice(1).some((row) => /^[^\d?]/.test(row[column] ?? ''));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const more = all.length > MAX_ROWS ? [`    … and ${all.length - MAX_ROWS} more`] : [];
  return ['', `  ${title}`, ...lines.map((line) => `    ${line}`), ...more];
}
