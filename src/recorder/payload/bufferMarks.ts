/**
 * Shared memory where this Node has no inspector to ask: who posts a buffer and who gets it both tell their own numbers
 * of it, in the order in which the payload is written.
 */
import type { BufferMark } from '../../probe/definitions.js';
import { FIRST_BROUGHT_NUMBER, FIRST_MARK_NUMBER } from '../../probe/definitions.js';
import { OP } from '../../trace/ops.js';
import { connectBufferIdentity, learnBuffer, mayLackInspector, provideMarks } from '../words/bufferIdentity.js';
import type { Direction } from '../ports/portState.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { isMadeHere, watchMaking } from './madeBuffers.js';
import { walkPayload } from './walk.js';

/** Above what this thread counts while nothing is recorded. */
const UNRECORDED_NUMBERS = 2 ** 33;

/** The buffer of a WebAssembly memory is frozen; that of a memory and of a growable buffer may grow meanwhile. */
const isGrowing = (buffer: SharedArrayBuffer): boolean =>
  Object.isFrozen(buffer) || (buffer as { growable?: boolean }).growable === true;

/** The buffers of a message. */
export interface Marked {
  readonly buffers: readonly BufferMark[];
  /** There may be more of them. */
  readonly isPartial: boolean;
}

export const UNMARKED: Marked = { buffers: [], isPartial: false };

/** What was posted before anything was recorded. */
interface Early {
  readonly carrier: Direction;
  readonly sequence: number;
  readonly marked: Marked;
}

/** Of those: beyond that, a process posts shared memory to itself and has no threads. */
const MAX_EARLY = 1000;

export class BufferMarks {
  readonly #recorder: ThreadRecorder;
  /** False where V8 tells which buffer is which: then no message has to be looked through. */
  isNeeded = mayLackInspector();
  #unrecorded = UNRECORDED_NUMBERS;
  #hasUnknown = false;
  #isUnknownTold = false;
  #early: Early[] = [];

  constructor(recorder: ThreadRecorder) {
    this.#recorder = recorder;
    if (this.isNeeded) watchMaking();
    const tellUnknown = (): void => {
      this.#hasUnknown = true;
      this.#tellUnknown();
    };
    provideMarks({ next: () => this.#next(), isFirst: isMadeHere, tellUnknown });
    recorder.onOpen(() => this.#tellUnknown());
  }

  /** The marks of a payload that is about to be posted. */
  of(payload: unknown): Marked {
    return this.#marksOf(payload, (buffer) => connectBufferIdentity().identify(buffer) ?? 0);
  }

  /** The marks of a payload that has arrived: each of its buffers is a handle that was not there before. */
  ofReceived(payload: unknown): Marked {
    return this.#marksOf(payload, (buffer) => {
      const number = FIRST_BROUGHT_NUMBER + this.#recorder.nextObject();
      learnBuffer(buffer, number);
      return number;
    });
  }

  #marksOf(payload: unknown, numberOf: (buffer: SharedArrayBuffer) => number): Marked {
    if (typeof payload !== 'object' || payload === null) return UNMARKED;
    this.isNeeded = connectBufferIdentity().isByMarks;
    if (!this.isNeeded) return UNMARKED;
    const { buffers, isWhole } = walkPayload(payload);
    const marks = buffers.map((buffer) => {
      return { number: numberOf(buffer), byteLength: isGrowing(buffer) ? -1 : buffer.byteLength };
    });
    return { buffers: marks, isPartial: !isWhole };
  }

  #next(): number {
    return this.#recorder.isOpen ? FIRST_MARK_NUMBER + this.#recorder.nextObject() : this.#unrecorded++;
  }

  #tellUnknown(): void {
    if (!this.#hasUnknown || this.#isUnknownTold || !this.#recorder.isOpen) return;
    this.#isUnknownTold = true;
    const message = 'some shared memory cannot be told apart between threads: this Node has no inspector to ask';
    this.#recorder.recordAt(OP['recorder.error'], 0, 0, this.#recorder.string(message));
  }

  postedEarly(early: Early): void {
    if (this.#early.length < MAX_EARLY) this.#early.push(early);
  }

  /** What this only thread posted and receives before anything is recorded. */
  receivedEarly(carrier: Direction, sequence: number, message: unknown): void {
    const at = this.#early.findIndex((early) => early.carrier === carrier && early.sequence === sequence);
    const [early] = at < 0 ? [] : this.#early.splice(at, 1);
    const { buffers } = early ? walkPayload(message) : { buffers: [] };
    const marks = early?.marked.buffers ?? [];
    if (marks.length !== buffers.length) return;
    buffers.forEach((buffer, i) => {
      const { number } = marks[i] as BufferMark;
      if (number > 0) learnBuffer(buffer, number);
    });
  }

  /** What is still on its way when the recording begins. */
  takeEarly(): readonly Early[] {
    return this.#early.splice(0);
  }
}
