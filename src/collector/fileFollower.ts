/**
 * Reads the trace back from its file, a piece at each turn of the event loop in which little else is to do: what the
 * watchdog has instead of the events themselves once they were too many.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { openTrace, type TraceReader } from '../trace/openTrace.js';
import type { TraceVisitor } from '../trace/visitor.js';

/** Some 50 000 events: a few milliseconds. */
const PIECE_BYTES = 1 << 18;
/** More events than this since the last piece: the program is busy, and the file comes first. */
const BUSY_EVENTS = 2000;

export class FileFollower {
  readonly #fail: (error: unknown) => void;
  readonly #reader: Promise<TraceReader | null>;
  #isReading = false;
  #eventsSince = 0;
  /** It has read all that was written when it last looked, and nothing was written since. */
  isUpToDate = false;

  constructor(file: string, visitor: TraceVisitor, fail: (error: unknown) => void) {
    this.#fail = fail;
    this.#reader = open(file, visitor).catch((error: unknown) => {
      fail(error);
      return null;
    });
  }

  /** Events were written. */
  grew(events: number): void {
    this.#eventsSince += events;
    this.isUpToDate = false;
  }

  /** Reads a piece if there is time for it; called once a round. Its reading is done when the event loop has turned. */
  turn(): void {
    const isBusy = this.#eventsSince > BUSY_EVENTS;
    this.#eventsSince = 0;
    if (isBusy || this.#isReading || this.isUpToDate) return;
    this.#isReading = true;
    void this.#read().finally(() => (this.#isReading = false));
  }

  async #read(): Promise<void> {
    const read = await (await this.#reader)?.read(PIECE_BYTES);
    if (read === undefined) return;
    if (!read.ok) this.#fail(read.message);
    else this.isUpToDate = read.value.atEnd && this.#eventsSince === 0;
  }
}

async function open(file: string, visitor: TraceVisitor): Promise<TraceReader> {
  const descriptor = openSync(file, 'r');
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
  };
  const opened = await openTrace({ size: () => fstatSync(descriptor).size, read }, visitor);
  if (opened.ok) return opened.value;
  closeSync(descriptor);
  throw new Error(opened.message);
}
