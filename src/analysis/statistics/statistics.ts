/**
 * What a run's time went into: plain data for reports and for the timeline. All times are milliseconds. Lists are sorted by
 * what they cost, and say how much they leave out.
 */
import type { FindingObject, FindingThread } from '../finding.js';
import type { ThreadStateName } from '../../model/threadState.js';
import type { PathActivity } from './pathSegment.js';

export interface StatisticsPlace {
  readonly file: string;
  readonly line: number;
}

/** An object, or the thread that is joined. */
export type StatisticsSubject =
  | { readonly object: FindingObject; readonly thread?: never }
  | { readonly thread: FindingThread; readonly object?: never };

export interface DurationSummary {
  readonly count: number;
  readonly totalMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

export interface CriticalSegment {
  readonly thread: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly what: PathActivity;
  /** The operation that it waits in, as `lock.acquire`; null for what is no wait. */
  readonly operation: string | null;
  readonly subject: StatisticsSubject | null;
  /** Of a run: where it ended. Of a wait: where it began. Null: not known. */
  readonly place: StatisticsPlace | null;
}

export interface CriticalPathStatistics {
  readonly totalMs: number;
  /** The longest ones, in the order of time. */
  readonly segments: readonly CriticalSegment[];
  readonly segmentsLeftOut: number;
  readonly threads: readonly { readonly thread: FindingThread; readonly ms: number }[];
  readonly activities: readonly { readonly what: PathActivity; readonly ms: number }[];
  readonly lines: readonly { readonly place: StatisticsPlace; readonly ms: number }[];
  /** Waits that the path passes from their end to their cause: without them it would have gone another way. */
  readonly waits: readonly { readonly subject: StatisticsSubject; readonly count: number; readonly ms: number }[];
}

export interface ThreadStatistics {
  readonly thread: FindingThread;
  /** Only states that the thread was in. */
  readonly statesMs: Readonly<Partial<Record<ThreadStateName, number>>>;
}

export interface ParallelismStatistics {
  /** How many threads ran on average: {@link runningMs} by the elapsed time. */
  readonly effective: number;
  readonly runningMs: number;
  readonly threads: readonly ThreadStatistics[];
}

export interface BlameStatistics {
  readonly waiter: StatisticsPlace | null;
  /** Where the lock had been taken; null: not known. */
  readonly holder: StatisticsPlace | null;
  /** Nobody held it: it was on its way, or its owner was not seen. */
  readonly isNobody: boolean;
  readonly ms: number;
}

export interface ObjectStatisticsRow {
  readonly subject: StatisticsSubject;
  readonly waits: readonly (DurationSummary & { readonly operation: string })[];
  readonly lock?: {
    readonly acquires: number;
    /** How often somebody waited before; null: of an inferred lock it is not known. */
    readonly contended: number | null;
    readonly holds: DurationSummary;
    readonly blame: readonly BlameStatistics[];
  };
  readonly queue?: { readonly puts: number; readonly gets: number; readonly longest: number };
  /** How long items or messages from one thread to another were on their way. */
  readonly delays?: DurationSummary;
}

export interface LineStatisticsRow {
  readonly place: StatisticsPlace;
  readonly waits: number;
  readonly waitMs: number;
  readonly holds: number;
  readonly holdMs: number;
  /** Waits of others that what was done here has ended. */
  readonly ended: number;
  readonly endedMs: number;
}

export interface Statistics {
  readonly elapsedMs: number;
  readonly criticalPath: CriticalPathStatistics;
  readonly parallelism: ParallelismStatistics;
  readonly objects: readonly ObjectStatisticsRow[];
  readonly objectsLeftOut: number;
  readonly lines: readonly LineStatisticsRow[];
  readonly linesLeftOut: number;
  /** How far medians and percentiles may be from the true ones, as a share. */
  readonly resolution: number;
  /** Why they may not be complete, a sentence each. */
  readonly incomplete: readonly string[];
}
