/**
 * The contract between the library and the recorder. A recorder puts a {@link Probe} under {@link PROBE} on
 * `globalThis` of every thread, non-enumerable; the library reads it once when it is loaded.
 *
 * They may be of different versions: the number in the symbol changes only when the meaning of a member does, and a
 * recorder offers the older ones too. Members are only ever added; an op that a recorder does not know is kept.
 */
import type { ObjectKind } from '../trace/objectKinds.js';

export const PROBE = Symbol.for('threadlanes.probe.1');

export interface ObjectDefinition {
  readonly kind: ObjectKind;
  /** The name that the person gave, else undefined. */
  readonly name: string | undefined;
  /** Items a queue takes (0: no bound), permits, parties. */
  readonly capacity?: number;
}

export interface Probe {
  /** The Atomics functions as Node made them, so that one operation of the library is one event. */
  readonly raw: Pick<
    typeof Atomics,
    | 'wait'
    | 'waitAsync'
    | 'notify'
    | 'load'
    | 'store'
    | 'exchange'
    | 'compareExchange'
    | 'add'
    | 'sub'
    | 'and'
    | 'or'
    | 'xor'
  >;
  /**
   * Writes one event of the calling thread.
   * @param op a code of `trace/ops.ts`
   * @param object an id that {@link define} gave, a thread's id, or 0, as the op says
   * @param arg first operand; leave out for none
   * @param extra second operand, a 32-bit integer
   */
  record(op: number, object: number, arg?: number, extra?: number): void;
  /**
   * Writes `thread.fail` of the calling thread, with the name and the frames of an error that was thrown already.
   * A recorder that does not have it gets the event through {@link record}.
   */
  fail?(error: unknown): void;
  /** Makes an object known and gives its id, unique in the process; its creation site is the caller's. */
  define(definition: ObjectDefinition): number;
  /** The number of a text, for operands of type `string`. */
  string(text: string): number;
  /** The id of the calling thread as traces count it: main is 0. */
  readonly thread: number;
  /** Frames of this file are the library's and never a call site: called once with the library's own file. */
  ownFile(path: string): void;
  /** This end of a channel is the library's: nothing that goes through it is an event. Called in each thread that has it. */
  ownPort?(port: object): void;
}

/** The probe of this thread, or undefined when nothing records. */
export function findProbe(): Probe | undefined {
  return (globalThis as { [PROBE]?: Probe })[PROBE];
}

/** The property of `workerData` by which the library starts its threads. */
export const LIBRARY_START = 'threadlanes';

/** What of it a recorder may rely on. */
export interface LibraryStart {
  /** Address of the module that holds the thread's target. */
  readonly module: string;
  readonly registry: SharedArrayBuffer;
}

/** The library's own broadcast channel, by which shared memory inside of queues' items crosses threads. A recorder leaves it out. */
export const LIBRARY_CHANNEL = 'threadlanes.items.1';
