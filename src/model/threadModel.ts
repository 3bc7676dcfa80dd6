import { nanos, type Nanos } from '../base/brand.js';
import type { ThreadRecord } from '../trace/records.js';
import type { Hold, Wait } from './intervals.js';
import type { Polling } from './inference/polling.js';
import type { LockRequest } from './lockRequests.js';
import { THREAD_STATE, type ThreadState } from './threadState.js';

/** Where and when something was done. A stack of -1 and a thread of -1 are unknown. */
export interface Deed {
  readonly thread: number;
  readonly stack: number;
  readonly t: Nanos;
  /** The place is that of an earlier one of its kind: this one's was not looked at. Absent: it is its own. */
  readonly sampled?: boolean;
}

/** States of a thread that has ended, when they are over or go on: its worker does. */
const IS_QUIET: Readonly<Partial<Record<ThreadState, true>>> = {
  [THREAD_STATE.ended]: true,
  [THREAD_STATE.running]: true,
  [THREAD_STATE.loop]: true,
};

/** One thread as far as the trace has told. */
export class ThreadModel {
  record: ThreadRecord | null = null;
  state: ThreadState = THREAD_STATE.notStarted;
  stateSince: Nanos;
  /** The synchronous wait that it sits in. */
  wait: Wait | null = null;
  /** The locks that it holds, in the order in which it took them; those it held when it ended included. */
  readonly holds: Hold[] = [];
  /** Its requests for Web Locks that wait or hold, by number, in the order in which they were made. */
  readonly requests = new Map<number, LockRequest>();
  /** The one that its next event is of. */
  asked: LockRequest | null = null;
  /** Waits that leave it in its loop, by `asyncKey` of what they are for, in the order in which they began. */
  readonly asyncWaits = new Map<number, Wait[]>();
  /** One of them that is over, and whose outcome the next event is. */
  endingAsync: Wait | null = null;
  /** It wrote an event itself: the recorder is in it. */
  isTraced = false;
  /** The last synchronous wait that others ended. */
  lastDone: Wait | null = null;
  started: Deed | null = null;
  /** When it wrote that it began; -1 unknown. */
  begun = nanos(-1);
  /** Its last end, also when it was heard of again: a target ends before its worker. */
  ended: Deed | null = null;
  /** Its first end: that of its target, which joins wait for; -1 while it lives. */
  endedAt = nanos(-1);
  /** Null while it lives, and when its end was not told with a code. */
  exitCode: number | null = null;
  /** The error that ended it, with the place where it was thrown. */
  failed: (Deed & { readonly error: string }) | null = null;
  terminated: Deed | null = null;
  /**
   * Of its last `loop.sample`, when nothing followed that: how many resources outside of the program's threads can wake
   * its event loop. -1: it is not known to be in its loop.
   */
  loopResources = -1;
  /** When it wrote its last event. */
  lastTime: Nanos;
  dropped = 0;
  /** It looks at one word again and again, and does nothing else. */
  polling: Polling | null = null;

  constructor(
    readonly id: number,
    since: Nanos,
  ) {
    this.stateSince = since;
    this.lastTime = nanos(-1);
  }

  get isEnded(): boolean {
    return this.state === THREAD_STATE.ended;
  }

  /** The state as it is told: after its end a thread that does no more than run has not begun anew. */
  get shownState(): ThreadState {
    return this.endedAt >= 0 && IS_QUIET[this.state] === true ? THREAD_STATE.livesOn : this.state;
  }
}
