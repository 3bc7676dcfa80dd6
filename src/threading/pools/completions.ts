/**
 * How a thread learns that tasks which it gave to executors are over: one bell for all of them. Their workers ring it;
 * the thread hears it where it blocks in this library, or in its event loop.
 */
import { AsyncLine, wakeAsync } from '../waiting/asyncWait.js';
import { raw } from '../recording.js';
import { deadlineOf, RECHECK_MILLIS, remaining } from '../waiting/timeout.js';

const WORD = { RUNG: 0, SLEEPING: 1, ASYNC: 2 } as const;
const WORDS = 3;

/** An executor of this thread. */
export interface TaskSource {
  /** Takes in what has come. */
  collect(): void;
  /** Looks for workers that died in silence. */
  checkWorkers(): void;
  readonly isBusy: boolean;
  /** The id that the recorder knows it by. */
  readonly object: number;
}

let bell: SharedArrayBuffer | undefined;
let cells: Int32Array = new Int32Array(0);
const sources = new Set<TaskSource>();
const listening = new WeakSet<TaskSource>();

/** The thread's bell, for its workers. */
export function ownBell(): SharedArrayBuffer {
  if (bell === undefined) {
    bell = new SharedArrayBuffer(WORDS * 4);
    cells = new Int32Array(bell);
  }
  return bell;
}

/** To be called after what it tells of is visible. */
export function ringBell(cells: Int32Array): void {
  raw.add(cells, WORD.RUNG, 1);
  if (raw.load(cells, WORD.SLEEPING) === 1) raw.notify(cells, WORD.RUNG);
  wakeAsync(cells, WORD.ASYNC);
}

/** This thread has heard something by itself. */
export function ringOwnBell(): void {
  ownBell();
  ringBell(cells);
}

/**
 * As long as it is busy the process stays alive, and what comes is taken in by the event loop. That begins when the code
 * that runs now is done: until then it can only block.
 */
export function listenTo(source: TaskSource): void {
  sources.add(source);
  if (listening.has(source)) return;
  listening.add(source);
  queueMicrotask(() => {
    source.collect();
    if (source.isBusy) listen(source);
    else forget(source);
  });
}

function listen(source: TaskSource): void {
  ownBell();
  void new AsyncLine(cells, WORD.ASYNC).wait<boolean>({
    op: 'task.wait',
    object: source.object,
    timeout: Infinity,
    attempt(end) {
      source.collect();
      if (source.isBusy) return undefined;
      end();
      forget(source);
      return true;
    },
    expire: () => true,
  });
}

/** Until it is listened to again, nothing will come from it. */
function forget(source: TaskSource): void {
  listening.delete(source);
  sources.delete(source);
}

function collectAll(): void {
  for (const source of sources) source.collect();
}

/** Blocks until `isOver`, at most `timeout` milliseconds; false: the time ran out. */
export function blockUntil(isOver: () => boolean, timeout: number): boolean {
  ownBell();
  const deadline = deadlineOf(timeout);
  for (;;) {
    const heard = raw.load(cells, WORD.RUNG);
    collectAll();
    if (isOver()) return true;
    const left = remaining(deadline);
    if (left === 0) return false;
    raw.store(cells, WORD.SLEEPING, 1);
    const end = raw.wait(cells, WORD.RUNG, heard, Math.min(left, RECHECK_MILLIS));
    raw.store(cells, WORD.SLEEPING, 0);
    if (end === 'timed-out') for (const source of sources) source.checkWorkers();
  }
}
