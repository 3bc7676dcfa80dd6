import type { EventBatch } from './eventBatch.js';
import type {
  FileRecord,
  MarkerRecord,
  ObjectRecord,
  SiteRecord,
  StackRecord,
  ThreadRecord,
  TraceHeader,
} from './records.js';

/**
 * Receives a trace in order. Definitions come before their first use; events come in the order of time over all
 * threads, and only up to the last *complete* marker. A reader calls it again for what a growing file gained.
 */
export interface TraceVisitor {
  header?(header: TraceHeader): void;
  /** Called again for a thread whose name became known later. */
  thread?(record: ThreadRecord): void;
  object?(record: ObjectRecord): void;
  file?(record: FileRecord, index: number): void;
  site?(record: SiteRecord, index: number): void;
  stack?(record: StackRecord, index: number): void;
  string?(text: string, index: number): void;
  events?(batch: EventBatch): void;
  marker?(record: MarkerRecord): void;
  /** Part of the file could not be read: one sentence that names the offset or line. */
  damage?(message: string): void;
}
