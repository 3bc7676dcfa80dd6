/**
 * What a traced thread tells the collector beside its ring, posted on the port that belongs to its ring: definitions,
 * always before the first record that uses them. The collector reads the ring's head, then the ports, then the records.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ObjectKind } from '../trace/objectKinds.js';
import type { TraceHeader } from '../trace/records.js';
import type { RecorderSettings } from './settings.js';

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
  | { readonly kind: 'string'; readonly id: number; readonly text: string };

/** What a parent hands to the recorder of a thread that it starts, as environment data that both remove at once. */
export interface Handover {
  readonly control: SharedArrayBuffer;
  readonly ring: SharedArrayBuffer;
  readonly port: MessagePort;
  readonly parent: number;
  /** The real id of the collector's thread, which is hidden. */
  readonly collector: number;
  /** Objects of the worker's channel: what the parent posts, and what the worker posts. */
  readonly fromParent: number;
  readonly toParent: number;
  /** How many entries at the start of `process.execArgv` are the recorder's own. */
  readonly hiddenArguments: number;
  readonly settings: RecorderSettings;
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
}

/** How the main thread says why it ends, before it asks for the last drain: posted on its port. */
export interface EndNotice {
  readonly kind: 'end';
  readonly code: number;
  /** The program ended by itself with an empty loop; false for `process.exit` and errors. */
  readonly clean: boolean;
}
