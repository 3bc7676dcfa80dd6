import { LIMITS } from './limits.js';
import type { PathActivity, PathSegment } from './pathSegment.js';
import { Tally } from './tally.js';

const byLength = (a: PathSegment, b: PathSegment): number => b.to - b.from - (a.to - a.from) || b.from - a.from;

/** A part of the critical path, summed up: what of it belongs to whom, and its longest stretches. */
export class PathShares {
  totalNs = 0;
  count = 0;
  readonly threads = new Tally();
  readonly lines = new Tally();
  /** Waits that the path passes from their end to their cause: they are as long, and others worked meanwhile. */
  readonly passed = new Tally();
  readonly activities = new Map<PathActivity, number>();
  private kept: PathSegment[] = [];

  /** @param begin what was before is left out */
  constructor(private readonly begin = -Infinity) {}

  add(whole: PathSegment): void {
    const segment = whole.from < this.begin ? { ...whole, from: this.begin } : whole;
    const ns = segment.to - segment.from;
    if (ns <= 0) return;
    this.totalNs += ns;
    this.count += 1;
    this.threads.add(segment.thread, ns);
    this.lines.add(segment.stack, ns);
    this.activities.set(segment.what, (this.activities.get(segment.what) ?? 0) + ns);
    this.keep(segment);
  }

  addAll(other: PathShares): void {
    this.totalNs += other.totalNs;
    this.count += other.count;
    this.threads.addAll(other.threads);
    this.lines.addAll(other.lines);
    this.passed.addAll(other.passed);
    for (const [what, ns] of other.activities) this.activities.set(what, (this.activities.get(what) ?? 0) + ns);
    for (const segment of other.kept) this.keep(segment);
  }

  /** The longest stretches in the order of time: all, when they are few. */
  segments(): PathSegment[] {
    this.trim();
    return this.kept.slice().sort((a, b) => a.from - b.from || a.to - b.to);
  }

  private keep(segment: PathSegment): void {
    this.kept.push(segment);
    if (this.kept.length >= LIMITS.segments * 2) this.trim();
  }

  private trim(): void {
    if (this.kept.length > LIMITS.segments) this.kept = this.kept.sort(byLength).slice(0, LIMITS.segments);
  }
}
