/** What `check --format json` prints, and every other report is made from. */
export type Severity = 'error' | 'warning' | 'note';
export type Grade = 'certain' | 'likely' | 'possible';
/** Strongest first. */
export const GRADES: readonly Grade[] = ['certain', 'likely', 'possible'];

export type LocationRole =
  | 'waits'
  | 'holds'
  | 'acquires'
  | 'releases'
  | 'provides'
  | 'creates'
  | 'starts'
  | 'ends'
  | 'posts'
  | 'listens'
  | 'reads'
  | 'writes'
  | 'submits'
  | 'fails';

export interface FindingThread {
  readonly id: number;
  readonly name: string;
}

export interface FindingObject {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  /** Recognised from the program's own use of Atomics, not announced by the library. */
  readonly inferred: boolean;
}

export interface FindingFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
}

export interface FindingLocation extends FindingFrame {
  readonly role: LocationRole;
  readonly thread: number;
  /** The object, or null for a location that concerns none. */
  readonly object: number | null;
  readonly timeMs: number;
  /** Who called it, innermost first. */
  readonly stack: readonly FindingFrame[];
  /** The line is where the thread did such a thing before: this one's own was not looked at. Absent: it is its own. */
  readonly sampled?: true;
}

/** One thread of a deadlock, for a picture: it waits for what the next member provides. */
export interface CircleMember {
  readonly thread: number;
  /** The object that it waits for; 0: none, as for a join. */
  readonly waitsFor: number;
  readonly waitStartMs: number;
  /** The lock of the circle that it holds, or 0. */
  readonly holds: number;
  readonly holdStartMs: number;
  readonly waitsForThread: number;
}

export interface Finding {
  /** An id of the catalogue. */
  readonly id: string;
  readonly severity: Severity;
  readonly grade: Grade;
  /** For a list: `Deadlock: writer ⇄ reader`. */
  readonly title: string;
  /** The whole text of findings.md: the sentence, the columns, who is stuck behind, what to change. */
  readonly message: string;
  /** One sentence for the verdict bar; names stand in backticks, lines as `file.ts:48`. */
  readonly verdict: string;
  readonly threads: readonly FindingThread[];
  readonly objects: readonly FindingObject[];
  readonly locations: readonly FindingLocation[];
  /** Who waits for whom, in the order of the circle; empty for all but deadlocks. */
  readonly circle: readonly CircleMember[];
  /** Threads that wait only behind this. */
  readonly stuckBehind: readonly FindingThread[];
  readonly cost: { readonly waitMs: number; readonly count: number };
  readonly advice: string;
  /** Why this grade, in a sentence. */
  readonly howSure: string;
  /** The span of the trace that shows it, in ms. */
  readonly startMs: number;
  readonly endMs: number;
  /** Stable over runs: id, object kinds and names, role, file and function of each location. */
  readonly fingerprint: string;
}

/** `open`: no end yet, the program may still run. */
export type TraceEnd = 'clean' | 'exit' | 'killed' | 'deadlock' | 'truncated' | 'open';

export interface Verdict {
  readonly trace: {
    readonly file: string;
    readonly events: number;
    readonly threads: number;
    readonly durationMs: number;
    readonly end: TraceEnd;
    readonly exitCode: number | null;
    readonly dropped: number;
  };
  readonly findings: readonly Finding[];
  /** Why the verdict may not be complete. */
  readonly incomplete: readonly string[];
  /** A sentence on how it ended, where that leaves open whether something hung. Absent: it does not. */
  readonly ending?: string;
}
