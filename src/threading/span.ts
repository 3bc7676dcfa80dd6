import { OP } from '../trace/ops.js';
import { dispose } from './disposal.js';
import { probe } from './recording.js';

/** Puts a named point into the recording; without a recorder it does nothing. */
export function mark(name: string): void {
  if (probe !== undefined) probe.record(OP.mark, 0, probe.string(name));
}

/** A named stretch of time of one thread that has begun. */
export interface Span extends Disposable {
  /** Ends it; further calls do nothing. */
  end(): void;
}

/**
 * Begins a named stretch of time in the recording: `using step = span('parse');`, or call its `end`. Without a recorder it
 * does nothing.
 */
export function span(name: string): Span {
  let isOpen = true;
  const end = (): void => {
    if (isOpen && probe !== undefined) probe.record(OP['span.end'], 0, probe.string(name));
    isOpen = false;
  };
  if (probe !== undefined) probe.record(OP['span.begin'], 0, probe.string(name));
  return { end, [dispose]: end };
}
