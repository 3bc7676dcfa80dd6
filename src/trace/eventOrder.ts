import { upperBound } from '../base/bisect.js';
import type { DamageLog } from './damageLog.js';
import { EventColumns, sliceBatch } from './eventBatch.js';
import type { MarkerRecord } from './records.js';
import type { TraceVisitor } from './visitor.js';

/** Rows handed out at once. */
const BATCH_ROWS = 8192;
/** Rows that wait for their marker; about 80 MB. A drain of ours is a thousand times smaller. */
const MAX_HELD_ROWS = 1 << 21;
/** Markers that wait for the events before them. */
const MAX_HELD_MARKERS = 1 << 16;

/**
 * Brings the events of all threads into the order of time. A drain holds each thread's events apart, and one thread's
 * may reach the file later than another's, so events are held back until a marker says that all up to its time are
 * there. Other markers are handed out at their time among the events.
 */
export class EventOrder {
  /** Readers push here. */
  readonly held = new EventColumns();
  /** An end marker was handed out. */
  ended = false;
  /** A marker said how far the file is complete. */
  sawComplete = false;
  private markers: MarkerRecord[] = [];
  private releasedUntil = 0;

  constructor(
    private readonly visitor: TraceVisitor,
    private readonly damage: DamageLog,
  ) {}

  marker(marker: MarkerRecord): void {
    if (marker.kind === 'complete') {
      this.sawComplete = true;
      this.release(marker.t);
      this.visitor.marker?.(marker);
    } else if (marker.kind === 'end') {
      this.release(Infinity);
      this.ended = true;
      this.visitor.marker?.(marker);
    } else {
      this.markers.push(marker);
      this.limit();
    }
  }

  /** Hands out what would grow without bound. */
  limit(): void {
    if (this.held.length < MAX_HELD_ROWS && this.markers.length < MAX_HELD_MARKERS) return;
    this.damage.tell(
      `${this.held.length} events stand without a marker of completeness: their order over threads is uncertain.`,
    );
    this.release(Infinity);
  }

  /** Hands out all events and markers up to a time. */
  release(until: number): void {
    const { held } = this;
    held.sortByTime();
    this.raiseLateTimes();
    const due = this.markers.filter((marker) => marker.t <= until).sort((a, b) => a.t - b.t);
    this.markers = this.markers.filter((marker) => marker.t > until);
    let from = 0;
    for (const marker of due) {
      const to = upperBound(held.t, marker.t, from, held.length);
      this.handOut(from, to);
      from = to;
      this.visitor.marker?.(marker);
    }
    const end = upperBound(held.t, until, from, held.length);
    this.handOut(from, end);
    const lastTime = end > 0 ? (held.t[end - 1] as number) : 0;
    this.releasedUntil = Math.max(this.releasedUntil, until === Infinity ? lastTime : until);
    held.dropFirst(end);
  }

  /** An event that is older than what was handed out keeps its place in its thread: its time is raised. */
  private raiseLateTimes(): void {
    const { t, length } = this.held;
    let late = 0;
    while (late < length && (t[late] as number) < this.releasedUntil) t[late++] = this.releasedUntil;
    if (late > 0) {
      this.damage.tell(`${late} events came after a marker that said they were complete: their times are uncertain.`);
    }
  }

  private handOut(from: number, to: number): void {
    for (let start = from; start < to; start += BATCH_ROWS) {
      this.visitor.events?.(sliceBatch(this.held, start, Math.min(to, start + BATCH_ROWS)));
    }
  }
}
