/**
 * What a traced thread tells the collector beside its ring, posted on the port that belongs to its ring: definitions,
 * always before the first record that uses them. The collector reads the ring's head, then the ports, then the records.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ObjectKind } from '../trace/objectKinds.js';
import type { FunctionUse, TraceHeader } from '../trace/records.js';
import type { ProcessSettings } from './settings.js';

export interface FrameDefinition {
  /** As V8 names the script: a path, a `file:` address, `node:…`, `evalmachine.<anonymous>`. */
  readonly script: string;
  readonly line: number;
  readonly column: number;
  readonly fn: string | null;
  /** The `//# sourceMappingURL` of the script as V8 knows it, where it has one. */
  readonly map: string | null;
}

export type Definition =
  | {
      readonly kind: 'thread';
      readonly id: number;
      readonly name: string | null;
      readonly parent: number | null;
      /** `performance.now()` in ms. */
      readonly start: number;
      readonly file: string | null;
      readonly library: boolean;
    }
  /** A thread is about to start: here is its ring. `port` is transferred. */
  | { readonly kind: 'ring'; readonly ring: SharedArrayBuffer; readonly port: MessagePort }
  | {
      readonly kind: 'object';
      readonly id: number;
      readonly objectKind: ObjectKind;
      readonly name: string | null;
      /** Ring id of the stack of its creation; 0: unknown. */
      readonly stack: number;
      readonly thread: number;
      readonly capacity: number | null;
      readonly from?: number;
      readonly to?: number;
      readonly buffer?: number;
      readonly offset?: number;
    }
  | { readonly kind: 'stack'; readonly id: number; readonly frames: readonly FrameDefinition[] }
  | { readonly kind: 'string'; readonly id: number; readonly text: string }
  /** What a file that was loaded says about its uses of Atomics. */
  | { readonly kind: 'functions'; readonly script: string; readonly functions: readonly FunctionUse[] }
  | CarriedDefinition;

/** The number of the message that starts a worker, in the direction from its parent. */
export const START_SEQUENCE = -1;

/** What a message carries, told by who posts it before it is posted, and by who receives it before it is handled. */
export type CarriedDefinition =
  | (Message & {
      readonly kind: 'handed';
      readonly thread: number;
      readonly ports: readonly HandedPort[];
      readonly buffers?: readonly BufferMark[];
      /** There may be more buffers in it than these. */
      readonly isPartial?: true;
    })
  /** The message was not posted after all: what it carried stays where it was. */
  | (Message & { readonly kind: 'kept'; readonly thread: number; readonly ports: readonly HandedPort[] })
  | (Message & {
      readonly kind: 'taken';
      readonly thread: number;
      readonly ports: readonly TakenPort[];
      readonly buffers?: readonly BufferMark[];
    });

interface Message {
  /** The direction that it goes through, as this thread numbers it; 0: nobody knows. */
  readonly carrier: number;
  readonly sequence: number;
  /** The name of the broadcast channel that it goes through: there, nobody counts the same as somebody else. */
  readonly room?: string;
}

/** A port that leaves its thread. */
export interface HandedPort {
  /** Which port of the transfer list it is, -1: unknown. */
  readonly index: number;
  /** Which port of the payload it is, in the order in which that is written; -1: it is not in it. */
  readonly order: number;
  /** Its directions, as this thread numbers them, and how many messages it posted and received here. */
  readonly out: number;
  readonly in: number;
  readonly posted: number;
  readonly received: number;
}

/** A port that has arrived: one of `index` and `order` says which it is, the other is -1. */
export type TakenPort = Pick<HandedPort, 'index' | 'order' | 'out' | 'in'>;

/** A shared buffer of a message, where Node does not tell which it is: in the order in which the payload is written. */
export interface BufferMark {
  /** As this thread numbers it; 0: it cannot be followed. */
  readonly number: number;
  /** -1: its length may differ between threads. */
  readonly byteLength: number;
}

/** Numbers that threads give by themselves are above those of V8, which have 32 bits. */
export const FIRST_MARK_NUMBER = 2 ** 32;
/** From here on: of buffers that a message brought. Which these are, the message's sender knows. */
export const FIRST_BROUGHT_NUMBER = 2 ** 40;

/** What a worker is started with beside data: in the message that starts it, so that these are the very objects. */
export interface StartCarried {
  readonly ports: readonly MessagePort[];
  readonly buffers: readonly (readonly [buffer: SharedArrayBuffer, number: number | undefined])[];
  /** False: there may be more of them. */
  readonly isWhole: boolean;
}

/** What of a worker's arguments and environment is the recorder's own, and hidden from its program. */
export interface HiddenPreload {
  /** How many entries at the start of `process.execArgv`. */
  readonly arguments: number;
  /** What NODE_OPTIONS is to be put back to, null: removed; undefined when it was not touched. */
  readonly nodeOptions?: string | null;
}

/** A worker's standard streams, which go through its parent: the ids of their objects. */
export interface StreamObjects {
  /** What the thread is called; the number of one without a name is to be added. */
  readonly owner: string;
  readonly isNamed: boolean;
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** Changes with the meaning of a {@link Handover}: a recorder that was replaced on disk meanwhile stays off. */
export const HANDOVER_VERSION = 1;

/** What a parent hands to the recorder of a thread that it starts, as environment data that both remove at once. */
export interface Handover {
  readonly version: typeof HANDOVER_VERSION;
  readonly control: SharedArrayBuffer;
  readonly ring: SharedArrayBuffer;
  readonly port: MessagePort;
  readonly parent: number;
  /** The real id of the collector's thread, which is hidden. */
  readonly collector: number;
  /** Objects of the worker's channel: what the parent posts, and what the worker posts. */
  readonly fromParent: number;
  readonly toParent: number;
  /** Filled when Node posts the message that starts the worker. */
  carried?: StartCarried;
  readonly streams: StreamObjects;
  readonly hidden: HiddenPreload;
  readonly settings: ProcessSettings;
}

/** What the main thread hands to the collector when it starts it, as `workerData`. */
export interface CollectorData {
  readonly control: SharedArrayBuffer;
  /** The main thread's ring and port. */
  readonly ring: SharedArrayBuffer;
  readonly port: MessagePort;
  readonly file: string;
  /** The version is the collector's. */
  readonly header: Omit<TraceHeader, 'version'>;
  readonly onDeadlock: 'report' | 'end';
  /** As in the settings: how much of the end of the run is kept. */
  readonly keep?: string;
}

/** How the main thread says why it ends, before it asks for the last drain: posted on its port. */
export interface EndNotice {
  readonly kind: 'end';
  readonly code: number;
  /** The program ended by itself with an empty loop; false for `process.exit` and errors. */
  readonly clean: boolean;
}
