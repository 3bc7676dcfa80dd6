/**
 * What the model says while it reads: intervals of states, waits, holds and transfers, each told once it is over (or by
 * `flush`, as far as it has come). Nothing downstream of the model looks at raw events.
 */
import type { Nanos } from '../base/brand.js';
import type { OpFamily } from '../trace/ops.js';
import type { LockRequest } from './lockRequests.js';
import type { Deed } from './threadModel.js';
import type { ThreadState } from './threadState.js';

/** A thread was in one state; the intervals of a thread are in order and do not overlap. */
export interface StateInterval {
  readonly thread: number;
  readonly state: ThreadState;
  readonly start: Nanos;
  readonly end: Nanos;
  /** The wait that this is, or null. */
  readonly wait: Wait | null;
}

/** How a wait ended. `open`: not yet. */
export type WaitOutcome = 'open' | 'done' | 'timeout' | 'refused' | 'threadEnded';

/** One wait of one thread, from its attempt to its outcome. */
export interface Wait {
  readonly thread: number;
  readonly family: OpFamily;
  /** The attempt's op code. */
  readonly op: number;
  /** The object (a thread's id for joins); 0 for a sleep. */
  readonly object: number;
  readonly stack: number;
  /** The place is that of an earlier attempt: only of one that leaves its thread in the event loop. Absent: its own. */
  readonly sampled?: boolean;
  /** The attempt's operand; NaN or absent: none. */
  readonly arg?: number;
  readonly since: Nanos;
  /** When it ended, or as far as is known. */
  until: Nanos;
  /** Milliseconds, or null when only a provision can end it. */
  readonly timeoutMs: number | null;
  outcome: WaitOutcome;
  /** Who ended it, and where; -1 unknown. */
  endedByThread: number;
  endedByStack: number;
  /** For a lock: who owned it at the attempt; -1 unknown or nobody. */
  readonly ownerAtStart: number;
  /** Of a Web Lock: it waits, not its thread, which goes on. Absent: the thread itself waits. */
  readonly request?: LockRequest;
  /** It leaves its thread in the event loop. A request for a Web Lock does so, too. Absent: the thread itself waits. */
  readonly isAsync?: true;
}

/** One thread held one lock, from the first acquire to the last release. */
export interface Hold {
  readonly lock: number;
  readonly thread: number;
  readonly shared: boolean;
  /** Taken by a try or with a timeout: its thread would not have waited without end. */
  readonly bounded: boolean;
  readonly since: Nanos;
  until: Nanos;
  /** Where it was taken. */
  readonly stack: number;
  readonly sampled: boolean;
  /** The wait that got it, or null: it was free. */
  readonly wait: Wait | null;
  /** -1 until released: the thread that released it. */
  releasedBy: number;
  /** Of a Web Lock: who holds it for its thread. */
  readonly request?: LockRequest;
  /** Of a shared lock: how often its thread has it; absent: once. */
  times?: number;
  /** The lock around it was given back before: nobody waited for this one there. */
  outlivesOuter?: boolean;
}

/** A cause in one thread and its effect in another. */
export interface Transfer {
  readonly kind: 'handOver' | 'item' | 'message' | 'set' | 'notify' | 'start' | 'join';
  readonly object: number;
  readonly fromThread: number;
  readonly fromTime: Nanos;
  readonly fromStack: number;
  readonly toThread: number;
  readonly toTime: Nanos;
}

/**
 * What a thread does with a word of shared memory through Atomics; `changed` is an operation that reads, too. Loads are told
 * where they are recorded.
 */
export type WordUse = 'read' | 'stored' | 'changed';

/** `seen`: somebody asked what became of it. */
export type TaskDeed = 'submitted' | 'done' | 'failed' | 'seen';

export type QueueDeed = 'put' | 'got' | 'taskDone';

/** Callbacks come in the order of the events that cause them. */
export interface ModelListener {
  /** A state is over. */
  state?(interval: StateInterval): void;
  /** A wait begins; the same object is given to `wait` when it is over. */
  attempt?(wait: Wait): void;
  /** A wait is over. */
  wait?(wait: Wait): void;
  /** A lock was taken; `held` are the other locks that the thread holds now. The same object is given to `hold`. */
  acquired?(hold: Hold, held: readonly Hold[]): void;
  /** A lock was given back, or its owner ended. */
  hold?(hold: Hold): void;
  /**
   * The same of a word that a lock could be, if it is one after all: `Inference.lockOf` says so in the end.
   * @param held the other words of that kind that the thread holds now
   */
  wordTaken?(hold: Hold, held: readonly Hold[]): void;
  wordGivenBack?(hold: Hold): void;
  /** Told at the effect. */
  transfer?(transfer: Transfer): void;
  /** @param value what was read or written; of a BigInt its low 32 bits; NaN when that is not said */
  word?(use: WordUse, word: number, value: number, by: Deed): void;
  /** The thread may have learned something from another one, otherwise than by a lock or by what stands in a word. */
  met?(thread: number): void;
  /** @param length how many items are in the queue now, as far as their puts were read */
  queue?(deed: QueueDeed, queue: number, length: number, by: Deed): void;
  /** @param error the name of what a task has failed with, else undefined */
  task?(deed: TaskDeed, task: number, by: Deed, error?: string): void;
}
