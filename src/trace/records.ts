/**
 * What a trace says, independent of how it is written: `.lanes` and NDJSON both carry exactly these records.
 *
 * Ids: a thread's is the `threadId` that the program sees (main 0). An object's is unique in the process, from 1.
 * Files, sites, stacks and strings are numbered from 0 in order of definition; every definition stands before its
 * first use. Times are {@link Nanos}.
 */
import type { Nanos } from '../base/brand.js';
import type { ObjectKind } from './objectKinds.js';

/** The version of the file format; a reader takes all older ones and refuses newer ones by name. */
export const FORMAT_VERSION = 1;

export interface TraceHeader {
  readonly version: number;
  /** The same for all processes of one run. */
  readonly run: string;
  readonly pid: number;
  /** The program's file relative to `root`, or what was run. */
  readonly program: string;
  readonly node: string;
  readonly platform: string;
  /** `performance.timeOrigin`: milliseconds since 1970, as a fraction. */
  readonly origin: number;
  /** The folder that paths are relative to, with `/`. */
  readonly root: string;
  /**
   * Of a flight recorder: which segment of the run this is, from 1. One above 1 starts with a snapshot, so that it can be
   * read without those before it.
   */
  readonly segment?: number;
  /** Up to where the snapshot goes: what happened before is only in the earlier segments. */
  readonly since?: Nanos;
}

export interface ThreadRecord {
  readonly id: number;
  /** The name that the program gave, else null. */
  readonly name: string | null;
  /** The thread that started it; null for main. */
  readonly parent: number | null;
  readonly start: Nanos;
  /** The worker's file relative to the root, or null (eval). */
  readonly file: string | null;
  /** Made by `Thread` of the library: it has a target that ends, apart from its worker. */
  readonly library: boolean;
}

export interface ObjectRecord {
  readonly id: number;
  readonly kind: ObjectKind | 'unknown';
  /** The name that the program gave, else null. */
  readonly name: string | null;
  /** The stack of its creation, or -1. */
  readonly stack: number;
  /** The thread that created it. */
  readonly thread: number;
  /** Items a queue takes (0: no bound), permits, parties. Null where it has no meaning. */
  readonly capacity: number | null;
  /** For a port: who posts into it and who receives, where known. */
  readonly from?: number;
  readonly to?: number;
  /** For a word: the number of its buffer, and its byte offset there. */
  readonly buffer?: number;
  readonly offset?: number;
}

export interface FileRecord {
  /** Relative to the root with `/`; `node:` and `file:` addresses outside it stay whole. */
  readonly path: string;
  /** SHA-256 of the file as it was loaded, in hex (first 16 digits), or null. */
  readonly hash: string | null;
  /** Where its source map is, relative to the root; `data:` maps are said by the word `inline`; null for none. */
  readonly map: string | null;
  /** What its text says about its uses of Atomics, where that was read. */
  readonly functions?: readonly FunctionUse[];
}

/** A function that uses Atomics, or calls what may. The top level of a file has neither class nor name. */
export interface FunctionUse {
  readonly className: string | null;
  readonly name: string | null;
  readonly line: number;
  readonly column: number;
  /** It is one call of Atomics on its own parameters: its callers operate. */
  readonly isThin: boolean;
  readonly calls: readonly WordUse[];
}

export interface WordUse {
  /** The function of Atomics; empty for another call. */
  readonly op: string;
  readonly line: number;
  readonly column: number;
  /** The source of array and index, `#` between them, without `this.`; of another call what it calls. */
  readonly word: string;
  /** The operands after the index, where they are constants. */
  readonly literals: readonly (number | null)[];
  /** See {@link USE_FLAG}. */
  readonly flags: number;
}

/** Where a call stands. */
export const USE_FLAG = {
  IN_LOOP: 1,
  /** A test that asks a call or an element decides whether it runs; an endless loop counts, too. */
  GUARDED: 2,
  /** Nothing but shared memory ends its innermost loop. */
  PURE_LOOP: 4,
} as const;

export interface SiteRecord {
  /** Index of a file. */
  readonly file: number;
  /** From 1, as generated; readers apply source maps. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly fn: string | null;
}

/** Sites, innermost first: the first is the call site, the rest is who called it. At most six. */
export type StackRecord = readonly number[];

/** One event, for code that looks at few of them. Many are an {@link EventBatch}. */
export interface EventRecord {
  readonly t: Nanos;
  readonly thread: number;
  readonly op: number;
  /** Thread or object id, as the op says; 0 for none. */
  readonly object: number;
  /** Index of a stack, or -1: unknown. */
  readonly stack: number;
  /** The stack stands for an earlier one of the same object: it was not captured for this event. */
  readonly sampled: boolean;
  /** NaN: none. */
  readonly arg: number;
  readonly extra: number;
}

/** Why a trace ends. `exit`: the program ended itself with a code other than 0, or by `process.exit`. */
export type EndKind = 'clean' | 'exit' | 'killed' | 'deadlock';

export type MarkerRecord =
  /** Every event up to `t` of every thread stands before this marker. */
  | { readonly kind: 'complete'; readonly t: Nanos }
  /** The watchdog saw a certain deadlock while the program ran: these threads are in it. */
  | { readonly kind: 'deadlock'; readonly t: Nanos; readonly threads: readonly number[] }
  | { readonly kind: 'drop'; readonly t: Nanos; readonly thread: number; readonly count: number }
  | { readonly kind: 'full'; readonly t: Nanos; readonly thread: number; readonly waitedNs: number }
  | { readonly kind: 'recorderError'; readonly t: Nanos; readonly thread: number; readonly message: string }
  /** `deadlock`: the watchdog ended it on purpose. The launcher appends it when the program could not. */
  | {
      readonly kind: 'end';
      readonly t: Nanos;
      readonly end: EndKind;
      readonly code: number | null;
      readonly signal: string | null;
    };
