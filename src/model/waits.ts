/**
 * Which operations begin a synchronous wait, and which end it. Everything else that a thread does shows that its wait is
 * over, though the outcome was not read.
 */
import type { WaitOutcome } from './intervals.js';
import {
  LOCK_REFUSALS,
  OP,
  OPS,
  QUEUE_REFUSALS,
  type OpFamily,
  type OpName,
  type OpSpec,
  type SingleOpName,
} from '../trace/ops.js';
import { THREAD_STATE, type ThreadState, type ThreadStateName } from './threadState.js';

const stateOfFamily: Readonly<Partial<Record<OpFamily, ThreadStateName>>> = {
  lock: 'blocked',
  word: 'parked',
  sleep: 'sleeping',
};

/** A wait that leaves the thread in its event loop. */
const asynchronous: ReadonlySet<OpName> = new Set(['word.waitAsync']);

export interface Attempt {
  readonly family: OpFamily;
  readonly state: ThreadState;
  /** Where the milliseconds stand. */
  readonly timeoutIn: 'arg' | 'extra';
}

function attemptOf({ name, family, role }: OpSpec): Attempt | undefined {
  if (role !== 'attempt' || asynchronous.has(name as OpName)) return undefined;
  const state = THREAD_STATE[stateOfFamily[family] ?? 'waiting'];
  return { family, state, timeoutIn: family === 'sleep' ? 'arg' : 'extra' };
}

/** The outcomes of each attempt, and what they mean; `reason` says so in the operand. */
const outcomes: readonly (readonly [attempt: SingleOpName, outcome: OpName, meaning: WaitOutcome | 'reason'])[] = [
  ['thread.join', 'thread.joined', 'done'],
  ['thread.join', 'thread.joinTimeout', 'timeout'],
  ['lock.acquire', 'lock.acquired', 'done'],
  ['lock.acquire', 'lock.refused', 'reason'],
  ['semaphore.acquire', 'semaphore.acquired', 'done'],
  ['semaphore.acquire', 'semaphore.refused', 'reason'],
  ['condition.wait', 'condition.woken', 'done'],
  ['condition.wait', 'condition.timeout', 'timeout'],
  ['event.wait', 'event.woken', 'done'],
  ['event.wait', 'event.timeout', 'timeout'],
  ['barrier.wait', 'barrier.passed', 'done'],
  ['barrier.wait', 'barrier.broken', 'refused'],
  ['barrier.wait', 'barrier.timeout', 'timeout'],
  ['queue.put', 'queue.putDone', 'done'],
  ['queue.put', 'queue.refused', 'reason'],
  ['queue.get', 'queue.getDone', 'done'],
  ['queue.get', 'queue.refused', 'reason'],
  ['queue.join', 'queue.joined', 'done'],
  ['queue.join', 'queue.refused', 'reason'],
  ['word.wait', 'word.woken', 'done'],
  ['word.wait', 'word.unequal', 'refused'],
  ['word.wait', 'word.timeout', 'timeout'],
  ['task.wait', 'task.result', 'done'],
  ['task.wait', 'task.timeout', 'timeout'],
  ['sleep.begin', 'sleep.end', 'done'],
];

const timeoutReason: Readonly<Record<string, number>> = {
  lock: LOCK_REFUSALS.indexOf('timeout'),
  semaphore: LOCK_REFUSALS.indexOf('timeout'),
  queue: QUEUE_REFUSALS.indexOf('timeout'),
};

export interface Ending {
  /** Codes of the attempts that it ends. */
  readonly attempts: readonly number[];
  readonly outcome: (arg: number) => WaitOutcome;
}

function endingOf({ name, family }: OpSpec): Ending | undefined {
  const rows = outcomes.filter(([, outcome]) => outcome === name);
  const meaning = rows[0]?.[2];
  if (meaning === undefined) return undefined;
  const attempts = rows.map(([attempt]) => OP[attempt]);
  if (meaning !== 'reason') return { attempts, outcome: () => meaning };
  return { attempts, outcome: (arg) => (arg === timeoutReason[family] ? 'timeout' : 'refused') };
}

function byCode<T>(of: (spec: OpSpec) => T | undefined): readonly (T | undefined)[] {
  const table: (T | undefined)[] = [];
  for (const spec of OPS) {
    while (table.length < spec.code) table.push(undefined);
    table[spec.code] = of(spec);
  }
  return table;
}

/** By op code. */
export const ATTEMPTS = byCode(attemptOf);
export const ENDINGS = byCode(endingOf);
/** A condition gives its lock up and takes it back while the thread waits: that does not show that the wait is over. */
export const IS_INSIDE_CONDITION_WAIT = byCode(({ family }) => family === 'lock' || undefined);
