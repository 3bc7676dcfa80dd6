import { millisFromNanos } from '../../base/brand.js';
import type { ModelListener } from '../../model/intervals.js';
import type { Model } from '../../model/model.js';
import { THREAD_STATE, type ThreadStateName } from '../../model/threadState.js';
import type { Naming } from '../naming.js';
import { BlameMatrices } from './blame.js';
import { CriticalPath } from './criticalPath.js';
import { Described } from './described.js';
import { describedLines } from './describedLines.js';
import { describedObject } from './describedObjects.js';
import { describedPath } from './describedPath.js';
import { RESOLUTION } from './durations.js';
import { LineStatistics } from './lineStatistics.js';
import { ObjectStatistics, type ObjectSums } from './objectStatistics.js';
import { openHolds, openWaits } from './openNow.js';
import { Parallelism, type StateTimes } from './parallelism.js';
import type { PathShares } from './pathShares.js';
import type { ParallelismStatistics, Statistics } from './statistics.js';

const MAX_OBJECTS = 500;
const MAX_LINES = 1000;

const stateNames = Object.entries(THREAD_STATE) as [ThreadStateName, number][];

/**
 * Counts while a trace is read, in one pass and bounded memory. Give {@link listeners} to the analysis, read the trace, then
 * ask once for the {@link result}. Nobody must tell what is not over yet: it is asked of the model.
 */
export class StatisticsCollector {
  private readonly path: CriticalPath;
  private readonly parallelism: Parallelism;
  private readonly blame = new BlameMatrices();
  private readonly objects = new ObjectStatistics();
  private readonly lines = new LineStatistics();
  readonly listeners: readonly ModelListener[];

  /**
   * @param begin when the trace begins, once its header is read: later than 0 where its first part is elsewhere
   * @param pathRows how many waits the critical path keeps one by one before it sums them up
   */
  constructor(
    private readonly begin: () => number = () => 0,
    pathRows?: number,
  ) {
    this.path = new CriticalPath(begin, pathRows);
    this.parallelism = new Parallelism(begin);
    this.listeners = [this.path, this.parallelism, this.blame, this.objects, this.lines];
  }

  result(model: Model, naming: Naming): Statistics {
    const elapsedNs = Math.max(0, model.now - this.begin());
    const described = new Described(model, naming);
    const objects = this.objects.sums(openWaits(model), model.now).sort(byCost);
    const lines = describedLines(this.lines.sums(openWaits(model), openHolds(model), model.now), described);
    const path = this.path.path(model);
    return {
      elapsedMs: millisFromNanos(elapsedNs),
      criticalPath: describedPath(path, described),
      parallelism: parallelismOf(this.parallelism.times(model), elapsedNs, described),
      objects: objects.slice(0, MAX_OBJECTS).map((object) => describedObject(object, this.blame, described)),
      objectsLeftOut: Math.max(0, objects.length - MAX_OBJECTS),
      lines: lines.slice(0, MAX_LINES),
      linesLeftOut: Math.max(0, lines.length - MAX_LINES),
      resolution: Number(RESOLUTION.toFixed(4)),
      incomplete: this.incompleteness(path),
    };
  }

  private incompleteness({ threads, lines, passed }: PathShares): string[] {
    const sentences: string[] = [];
    const notKept = this.objects.notKept + this.lines.notKept + this.parallelism.notKept;
    if (notKept > 0)
      sentences.push(`There were too many objects, lines or threads: ${notKept} times one was not counted.`);
    if (this.path.notKept > 0) {
      sentences.push(
        `${this.path.notKept} causes of waits could not be kept: the critical path does not pass these waits.`,
      );
    }
    if (threads.restCount + lines.restCount + passed.restCount > 0) {
      sentences.push('Not all threads, lines and waits of the critical path could be kept apart.');
    }
    return sentences;
  }
}

function byCost(a: ObjectSums, b: ObjectSums): number {
  return b.waitNs - a.waitNs || b.holds.totalNs - a.holds.totalNs || a.key - b.key;
}

function parallelismOf(
  times: ReadonlyMap<number, StateTimes>,
  elapsedNs: number,
  { wording }: Described,
): ParallelismStatistics {
  let runningNs = 0;
  for (const states of times.values()) runningNs += states[THREAD_STATE.running] ?? 0;
  return {
    effective: elapsedNs > 0 ? Number((runningNs / elapsedNs).toFixed(3)) : 0,
    runningMs: millisFromNanos(runningNs),
    threads: [...times].map(([thread, states]) => ({
      thread: wording.findingThread(thread),
      statesMs: Object.fromEntries(
        stateNames
          .filter(([, code]) => (states[code] ?? 0) > 0)
          .map(([name, code]) => [name, millisFromNanos(states[code] ?? 0)]),
      ),
    })),
  };
}
