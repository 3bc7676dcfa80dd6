import type { Nanos } from '../base/brand.js';
import type { ObjectKind } from '../trace/objectKinds.js';
import type { ObjectRecord } from '../trace/records.js';
import type { Hold } from './intervals.js';
import type { LockRequest } from './lockRequests.js';
import type { EventCursor } from './step.js';
import type { Deed } from './threadModel.js';

/** How often a thread did something with an object, and where it did so last. */
export interface Use {
  readonly thread: number;
  count: number;
  last: Nanos;
  stack: number;
  /** The place is that of an earlier one. */
  sampled: boolean;
}

/** By thread. A count of 0 is a thread that tried. */
export type Uses = Map<number, Use>;

export interface LockState {
  /** The exclusive hold; null: free, or taken before the trace began. */
  hold: Hold | null;
  readonly sharedHolds: Map<number, Hold>;
  /** How often the owner took it. */
  depth: number;
  /** Somebody was seen to give back what he had taken himself: it is used as a lock, not as a signal. */
  ownReleases: number;
  /** The last release by a thread that did not own it. Such a lock has no owner in the sense of a cycle. */
  foreignRelease: Deed | null;
  releasedBy: number;
  releaseStack: number;
  releasedAt: Nanos;
  /** The last that gave up waiting for it, when its time was over. */
  timedOut: Deed | null;
  /** Of a Web Lock: the requests that hold it. */
  readonly granted: Set<LockRequest>;
  /** Of a Web Lock: a request took it from whoever held it. Another may do so again. */
  wasStolen: boolean;
  /** Owners whose release is still to come though another thread has taken the lock: the clock's order is wrong. */
  readonly overtaken: Set<number>;
}

/** A queue's item, or a message: who sent it. */
export type Parcel = Deed;

export interface QueueState {
  /** By number, in the order in which they were put. */
  readonly items: Map<number, Parcel>;
  nextItem: number;
  /** Items that were taken before their put was read. */
  readonly early: Set<number>;
  readonly puts: Uses;
  readonly gets: Uses;
  isClosed: boolean;
}

export interface PortState {
  from: number;
  to: number;
  posted: number;
  received: number;
  /** Not delivered yet, by sequence number; only the first {@link MAX_UNDELIVERED} are kept. */
  readonly undelivered: Map<number, Parcel>;
  /** The thread that listens, or listened last, and where it began to. */
  listener: Deed | null;
  isListened: boolean;
  /** Messages posted while the receiver sat in a wait that ended without them: notices, not questions. */
  passedBy: number;
  isClosed: boolean;
}

export const MAX_UNDELIVERED = 1000;

/** One object as far as the trace has told. */
export class ObjectModel {
  record: ObjectRecord | null = null;
  lock: LockState | null = null;
  queue: QueueState | null = null;
  port: PortState | null = null;
  /** Who set, notified, released or finished it: what can end a wait for it. */
  readonly provides: Uses = new Map();
  /** A semaphore: who took permits; null: nobody. */
  takes: Uses | null = null;
  /** An event: null while unknown. */
  isSet: boolean | null = null;
  /** The set, clear or test that said so. */
  isSetSince: Deed | null = null;
  /** Waiters that a notify has woken and whose waking is not written yet. */
  pendingWakes = 0;
  lastProvide: Deed | null = null;
  /** Of a semaphore: how many there are; null: as many as at first, or unknown. */
  permits: number | null = null;
  /** A word: who changed it last, as far as Atomics did. */
  lastWrite: { thread: number; stack: number; t: Nanos } | null = null;
  /** Of the waits that a provision ended. */
  longestWaitNs = 0;
  /** The model's age when it was spoken of last. */
  age = 0;

  constructor(readonly id: number) {}

  get kind(): ObjectKind | 'unknown' {
    return this.record?.kind ?? 'unknown';
  }
}

/** A word of a shared buffer of which nobody knows which it is: other threads may know it by other names. */
export const isUnplacedWord = (record: ObjectRecord | null): boolean =>
  record?.kind === 'word' && record.offset !== undefined && record.buffer === undefined;

type Using = Pick<EventCursor, 'thread' | 't' | 'stack' | 'sampled'>;

/** Notes that a thread uses an object in some role; `count` 0: it only tries. */
export function noteUse(uses: Uses, { thread: { id }, t, stack, sampled }: Using, count = 1): void {
  const use = uses.get(id);
  if (use === undefined) {
    uses.set(id, { thread: id, count, last: t, stack, sampled });
  } else if (count > 0) {
    use.count += count;
    use.last = t;
    use.stack = stack;
    use.sampled = sampled;
  }
}
