/**
 * The messages between the webview and its host (the extension's index worker; later the page's own worker). Plain
 * objects with a request number; arrays of events never cross: tiles are ArrayBuffers of exactly their size.
 */
import type { FindingFrame, Verdict } from './verdict.js';

export type LaneKind =
  /** States of one thread. */
  | 'thread'
  /** All locks that one thread holds: the band under its bar. */
  | 'holds'
  /** One lock as held by one thread: an opened lock. */
  | 'lock';

export interface Lane {
  /** Index of the lane in every tile request. */
  readonly id: number;
  readonly kind: LaneKind;
  readonly thread: number;
  /** The lock's id for `lock`, else 0. */
  readonly object: number;
}

export interface ThreadInfo {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  /** How long it was blocked, waiting or parked. */
  readonly waitedMs: number;
  /** When it began, as far as is known: what was before is not. */
  readonly startMs: number;
  /** Null while it lives. */
  readonly endMs: number | null;
}

export interface ObjectInfo {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
}

/** A thread started another one, or saw its end: from cause to effect. */
export interface Arrow {
  readonly kind: 'start' | 'join';
  readonly from: number;
  readonly fromMs: number;
  readonly to: number;
  readonly toMs: number;
}

/** What a thread that is stuck behind a finding waits for now: `blocked on \`cache\``, and where. */
export interface Standing {
  readonly thread: number;
  readonly text: string;
  readonly frame: FindingFrame | null;
}

export interface Opened {
  readonly type: 'opened';
  readonly program: string;
  /** The folder that paths are relative to, as the trace's header says it. */
  readonly root: string;
  readonly file: string;
  readonly durationMs: number;
  readonly live: boolean;
  readonly threads: readonly ThreadInfo[];
  /** Those that a lane or a finding speaks of. */
  readonly objects: readonly ObjectInfo[];
  /** Of all that threads can wait for, spoken of or not. */
  readonly objectCount: number;
  readonly lanes: readonly Lane[];
  /** Up to a number that can be drawn. */
  readonly arrows: readonly Arrow[];
  /** Null while it is being read. */
  readonly verdict: Verdict | null;
  /** Of the threads that a finding says to be stuck behind it. */
  readonly standing: readonly Standing[];
  readonly locks: number;
  /** The longest time that a thread waited for anything but the end of another thread. */
  readonly longestWaitMs: number;
  /** Raised when tiles may have changed; a tile of an older revision is final but for its last bin. */
  readonly revision: number;
}

/** A running program's trace grew: everything of `opened` anew, without the tiles. */
export type Grew = Omit<Opened, 'type'> & { readonly type: 'grew' };

/** What is at a point of the picture. */
export interface IntervalDetails {
  readonly lane: number;
  readonly thread: number;
  /** A code of `THREAD_STATE`, or of `BAND` for lock lanes. */
  readonly state: number;
  readonly startMs: number;
  readonly endMs: number;
  /** The end is not known: still so at the end of the trace. */
  readonly open: boolean;
  /** An object's id, 0 for none, `-1 - id` for the thread that a join waits for. */
  readonly object: number;
  /** `writer waits for index`: a title and up to two further lines, names in backticks. */
  readonly text: readonly string[];
  /** Where the wait or the hold began; click and Enter open the first. */
  readonly frames: readonly FindingFrame[];
  /** Who ended the wait, or holds the lock: thread and frames; the label is what Alt-click opens, `line of saver-1`. */
  readonly other: { readonly thread: number; readonly frames: readonly FindingFrame[]; readonly label: string } | null;
  /** What ended the wait: who did it, and when. */
  readonly cause: Cause | null;
}

export interface Cause {
  readonly thread: number;
  readonly timeMs: number;
}

export interface DetailsAnswer {
  readonly type: 'details';
  readonly request: number;
  readonly details: IntervalDetails | null;
}

/** The neighbouring interval of a lane, for ← and →. */
export type Step = 'at' | 'before' | 'after';

export interface TileAnswer {
  readonly type: 'tile';
  readonly request: number;
  readonly revision: number;
  readonly level: number;
  readonly first: number;
  readonly lanes: readonly number[];
  /** Per lane in the order of `lanes`, per tile from `first`: see `tileLayout.ts`. */
  readonly buffer: ArrayBuffer;
}

export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly text: string | null;
}

export interface LinesAnswer {
  readonly type: 'lines';
  readonly request: number;
  readonly lines: readonly SourceLine[];
}

export type HostToView =
  | Opened
  | Grew
  | TileAnswer
  | DetailsAnswer
  | LinesAnswer
  | { readonly type: 'progress'; readonly readEvents: number; readonly expectedEvents: number }
  /** Show finding `index` of the verdict. */
  | { readonly type: 'reveal'; readonly index: number }
  /** Move to the next or previous finding (from the command palette). */
  | { readonly type: 'step'; readonly by: 1 | -1 }
  | { readonly type: 'failed'; readonly sentence: string };

export type ViewToHost =
  | { readonly type: 'ready' }
  | {
      readonly type: 'tiles';
      readonly request: number;
      readonly level: number;
      readonly first: number;
      readonly count: number;
      readonly lanes: readonly number[];
    }
  | {
      readonly type: 'details';
      readonly request: number;
      readonly lane: number;
      /** For a step: any time inside the interval to step from, such as its start. */
      readonly timeMs: number;
      readonly step: Step;
    }
  | {
      readonly type: 'lines';
      readonly request: number;
      readonly frames: readonly { readonly file: string; readonly line: number }[];
    }
  | {
      readonly type: 'openSource';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly beside: boolean;
    }
  | { readonly type: 'stop' }
  | { readonly type: 'traceProgram' }
  /** The view is no more. A page cannot say so itself: who made it does. */
  | { readonly type: 'closed' }
  | { readonly type: 'cancel'; readonly request: number };

/** How a message crosses to the index worker and back: several views share one channel, each under its number. */
export interface Routed<Message extends HostToView | ViewToHost> {
  readonly view: number;
  readonly message: Message;
}
