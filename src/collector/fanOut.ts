import type { TraceVisitor } from '../trace/visitor.js';

type Call = keyof TraceVisitor;

/** Tells everything to several visitors, in order. */
export function fanOut(visitors: readonly TraceVisitor[]): Required<TraceVisitor> {
  const tell =
    <K extends Call>(call: K) =>
    (...args: unknown[]): void => {
      for (const visitor of visitors) {
        const method = visitor[call] as ((...args: unknown[]) => void) | undefined;
        method?.apply(visitor, args);
      }
    };
  return {
    header: tell('header'),
    thread: tell('thread'),
    object: tell('object'),
    file: tell('file'),
    site: tell('site'),
    stack: tell('stack'),
    string: tell('string'),
    events: tell('events'),
    marker: tell('marker'),
    damage: tell('damage'),
  };
}
