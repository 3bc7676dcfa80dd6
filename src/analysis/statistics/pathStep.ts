import { OP } from '../../trace/ops.js';
import { THREAD_STATE } from '../../model/threadState.js';
import type { PathRows } from './pathRows.js';
import { activityOf } from './pathSegment.js';
import type { PathShares } from './pathShares.js';
import { subjectKey } from './subject.js';

/** A moment of a thread on the path, on the way back. */
export interface PathPlace {
  readonly thread: number;
  readonly t: number;
  /** What the thread did then, or -1. */
  readonly stack: number;
  /** What stands before: see `PathRows`. */
  readonly at: number;
}

const JOIN = OP['thread.join'];

/** Takes the path back over one row: over a wait that somebody ended to where that was, over any other to its beginning. */
export function stepBack(rows: PathRows, row: number, shares: PathShares): PathPlace {
  const thread = rows.thread[row] as number;
  const state = rows.state[row] as number;
  const op = rows.op[row] as number;
  const object = rows.object[row] as number;
  const stack = rows.stack[row] as number;
  const since = rows.since[row] as number;
  const until = rows.until[row] as number;
  const at = rows.parent[row] as number;
  const fromThread = rows.fromThread[row] as number;
  if (fromThread < 0) {
    shares.add({ thread, what: activityOf(state), op, object, stack, from: since, to: until });
    return { thread, t: since, stack, at };
  }
  const fromTime = rows.fromTime[row] as number;
  const what = state === THREAD_STATE.notStarted ? 'starts' : 'wakes';
  shares.add({ thread, what, op, object, stack, from: fromTime, to: until });
  if (op !== 0) shares.passed.add(subjectKey(op === JOIN ? 'thread' : 'lock', object), until - since);
  return { thread: fromThread, t: fromTime, stack: rows.fromStack[row] as number, at };
}

/** The thread of a place ran since another moment. */
export function addRun({ thread, t, stack }: PathPlace, since: number, shares: PathShares): void {
  shares.add({ thread, what: 'runs', op: 0, object: 0, stack, from: since, to: t });
}
