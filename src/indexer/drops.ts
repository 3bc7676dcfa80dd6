import type { TraceVisitor } from '../trace/visitor.js';

/** What the reader says beside events: how many were dropped and where the file is damaged. */
export class Drops {
  readonly damage: string[] = [];
  private readonly markers: { readonly t: number; readonly thread: number; readonly count: number }[] = [];

  /** Hands everything on to `visitor` and keeps what is wanted here. */
  watching(visitor: TraceVisitor): TraceVisitor {
    return {
      header: (record) => visitor.header?.(record),
      thread: (record) => visitor.thread?.(record),
      object: (record) => visitor.object?.(record),
      file: (record, index) => visitor.file?.(record, index),
      site: (record, index) => visitor.site?.(record, index),
      stack: (record, index) => visitor.stack?.(record, index),
      string: (text, index) => visitor.string?.(text, index),
      events: (batch) => visitor.events?.(batch),
      marker: (record) => {
        if (record.kind === 'drop') this.markers.push(record);
        visitor.marker?.(record);
      },
      damage: (message) => {
        this.damage.push(message);
        visitor.damage?.(message);
      },
    };
  }

  /** Events of the thread that were dropped in the stretch, its ends included. */
  readonly countIn = (thread: number, span: { readonly start: number; readonly end: number }): number =>
    this.markers.reduce(
      (sum, drop) => (drop.thread === thread && drop.t >= span.start && drop.t <= span.end ? sum + drop.count : sum),
      0,
    );
}
