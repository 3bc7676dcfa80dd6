import type { Result } from '../base/result.js';

export interface ReadProgress {
  /** Bytes of the source that were read so far. */
  readonly bytesRead: number;
  /** Nothing more to read now; a growing file may have more later. */
  readonly atEnd: boolean;
  /** An end marker was read. */
  readonly ended: boolean;
  /** Bytes of an unfinished chunk or line remain. */
  readonly torn: boolean;
}

/** Reads an opened trace into its visitor, piece by piece, and goes on where it stopped. */
export interface TraceReader {
  readonly format: 'lanes' | 'ndjson' | 'std';
  /**
   * Reads what is there, or about `maxBytes` of it. Call it until `atEnd`, and again for what a growing file gained.
   * Fails when the source does.
   */
  read(maxBytes?: number): Promise<Result<ReadProgress>>;
  /** The file is over: hands out the events that no marker declares complete. */
  finish(): void;
}
