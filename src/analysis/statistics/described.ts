import { millisFromNanos } from '../../base/brand.js';
import type { Model } from '../../model/model.js';
import type { Naming } from '../naming.js';
import { Wording } from '../wording.js';
import type { Durations } from './durations.js';
import type { DurationSummary, StatisticsPlace, StatisticsSubject } from './statistics.js';
import { isThreadKey, threadOfKey } from './subject.js';

/** Numbers of things and places as people know them. */
export class Described {
  readonly wording: Wording;
  private readonly places = new Map<number, StatisticsPlace | null>();

  constructor(
    readonly model: Model,
    naming: Naming,
  ) {
    this.wording = new Wording(model, naming);
  }

  /** Null: not known. */
  place(stack: number): StatisticsPlace | null {
    if (stack < 0) return null;
    let place = this.places.get(stack);
    if (place === undefined) {
      const frame = this.wording.exactFrame({ stack });
      place = frame === undefined ? null : { file: frame.file, line: frame.line };
      this.places.set(stack, place);
    }
    return place;
  }

  subject(key: number): StatisticsSubject {
    return isThreadKey(key)
      ? { thread: this.wording.findingThread(threadOfKey(key)) }
      : { object: this.wording.findingObject(key) };
  }
}

/** Adds up what stands at the same line; what has no line is left out. */
export function byPlace<Row extends { readonly stack: number }, Sum>(
  rows: readonly Row[],
  described: Described,
  first: (row: Row, place: StatisticsPlace) => Sum,
  merge: (sum: Sum, row: Row) => void,
): Sum[] {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const place = described.place(row.stack);
    if (place === null) continue;
    const key = `${place.file}:${place.line}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, first(row, place));
    else merge(sum, row);
  }
  return [...sums.values()];
}

export function summaryOf(durations: Durations): DurationSummary {
  const { count, totalNs, longestNs } = durations;
  return {
    count,
    totalMs: millisFromNanos(totalNs),
    medianMs: millisFromNanos(durations.quantile(0.5)),
    p95Ms: millisFromNanos(durations.quantile(0.95)),
    maxMs: millisFromNanos(longestNs),
  };
}
