import { threadId, type MessagePort } from 'node:worker_threads';
import { OP } from '../../trace/ops.js';
import { AsyncLine } from '../waiting/asyncWait.js';
import { checkFlag, checkHandle, checkName, describe, Primitive, shown, type HandleData } from '../crossing/handle.js';
import { checkNotImporting } from './importing.js';
import type { PoolStart } from '../pools/poolStart.js';
import { probe, raw } from '../recording.js';
import { newToken } from './registry.js';
import { placed } from './threadError.js';
import { readArguments, type Origin } from './threadArguments.js';
import { declareLost, watchDeath } from './threadDeath.js';
import { newThreadMemory, OUTCOME, readFailure, STATE, THREAD_WORD, threadCells } from './threadMemory.js';
import { handedOn, readResult, type HandedResult } from './threadResult.js';
import { checkModule, type ThreadTarget } from './threadTarget.js';
import { isCut, newWorker } from './threadWorker.js';
import { checkTimeout, deadlineOf, RECHECK_MILLIS, recordedTimeout, remaining } from '../waiting/timeout.js';

/** Beside the object and not inside, so that the clone of a Thread carries its handle and a subclass's properties only. */
const origins = new WeakMap<object, Origin>();
const wordsOf = new WeakMap<object, Int32Array>();
const asyncLines = new WeakMap<object, AsyncLine>();
/** To the threads that this one started and whose workers are there. */
const lines = new WeakMap<object, MessagePort>();
/** The shared memory that they returned. */
const handed = new WeakMap<object, HandedResult>();

function cellsOf(thread: object): Int32Array {
  return wordsOf.get(thread) as Int32Array;
}

/** The Threads that this thread has met and that have not ended, by token. */
const known = new Map<number, Thread>();

/** What `typedThread.ts` makes public; the types of what it is given are there. */
export class Thread<R = unknown> extends Primitive {
  constructor(...given: readonly unknown[]) {
    const { origin, options } = readArguments(new.target, given);
    const token = newToken();
    const name = checkName(options.name, 'thread') ?? `Thread-${token - 1}`;
    super({ kind: 'thread', name, memory: newThreadMemory() });
    const cells = threadCells(this.threadlanes.memory);
    cells[THREAD_WORD.TOKEN] = token;
    cells[THREAD_WORD.DAEMON] = options.daemon === true ? 1 : 0;
    wordsOf.set(this, cells);
    origins.set(this, origin);
  }

  /** The thread behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): Thread {
    return revived(handle);
  }

  /** Python: `Thread.name`. Can be changed until start. */
  override get name(): string {
    return this.threadlanes.name as string;
  }

  override set name(name: string) {
    checkNew(this, 'its name');
    (this.threadlanes as { name: string }).name = checkName(name, 'thread') ?? this.name;
  }

  /** Whether the process may end without it. Can be changed until start. Python: `Thread.daemon`. */
  get daemon(): boolean {
    return raw.load(cellsOf(this), THREAD_WORD.DAEMON) === 1;
  }

  set daemon(daemon: boolean) {
    checkNew(this, 'daemon');
    raw.store(cellsOf(this), THREAD_WORD.DAEMON, checkFlag(daemon, 'daemon', this.threadlanes) ? 1 : 0);
  }

  /** Its `threadId`; null before start. Python: `Thread.ident`. */
  get ident(): number | null {
    return raw.load(cellsOf(this), THREAD_WORD.STATE) === STATE.NEW ? null : raw.load(cellsOf(this), THREAD_WORD.IDENT);
  }

  /**
   * A copy of what its target returned, when it has ended; else undefined. Primitives, Threads and SharedArrayBuffers in it
   * are shared; such a result is there in the thread that started it, and elsewhere asking for it throws an Error.
   */
  get result(): R | undefined {
    if (raw.load(cellsOf(this), THREAD_WORD.STATE) !== STATE.ENDED) return undefined;
    if (cellsOf(this)[THREAD_WORD.OUTCOME] !== OUTCOME.RETURNED) return undefined;
    return readResult(this.threadlanes, () => hearResult(this)) as R;
  }

  /** Started, and its target has not ended. Python: `Thread.is_alive`. */
  isAlive(): boolean {
    return raw.load(cellsOf(this), THREAD_WORD.STATE) === STATE.STARTED;
  }

  /** What a thread class does in its thread; what it returns becomes `result`. Python: `Thread.run`. */
  run(): R | Promise<R> {
    throw new Error(`${describe(this.threadlanes)}: its class has no run()`);
  }

  /**
   * Starts it, once. Throws when it was started before, when its module does not exist, and a TypeError when an argument
   * cannot cross to another thread. Python: `Thread.start`.
   */
  start(): void;
  start(surplus?: unknown): void {
    const who = describe(this.threadlanes);
    if (surplus !== undefined) {
      throw new TypeError(
        `${who}: start takes nothing, got ${shown(surplus)}: arguments are those of new Thread(work, [a, b])`,
      );
    }
    if (!isNew(this)) throw new Error(`${who}: has been started already; a thread can be started once`);
    const origin = origins.get(this);
    if (origin === undefined) throw new Error(`${who}: only the thread that constructed it can start it`);
    checkModule(origin.target, who);
    checkNotImporting(origin.target, origin.pool !== undefined, who);
    const cells = cellsOf(this);
    const { worker, line } = newWorker(this, origin);
    lines.set(this, line);
    raw.store(cells, THREAD_WORD.IDENT, worker.threadId);
    // It may have ended already.
    raw.compareExchange(cells, THREAD_WORD.STATE, STATE.NEW, STATE.STARTED);
    known.set(raw.load(cells, THREAD_WORD.TOKEN), this);
    watchDeath(worker, this.threadlanes, () => {
      hearResult(this);
      lines.delete(this);
      line.close();
      origin.onExit?.();
    });
    if (this.daemon) worker.unref();
  }

  /**
   * Blocks until its target has ended, at most `timeout` milliseconds. True when it has ended, false when the time ran
   * out. An error that ended the target is thrown, with the stack of its thread. Also throws before start, for the calling
   * thread itself and for the main thread. Python: `Thread.join`, which neither tells nor throws.
   *
   * A thread that dies without unwinding (`terminate`, out of memory) is seen within a second by a join of the thread that
   * started it, which throws then. Other threads see it when that one has seen it: in a join, or when its event loop runs.
   */
  join(timeout?: number): boolean {
    const limit = checkTimeout(timeout, this.threadlanes);
    const ident = checkJoinable(this);
    if (!hasEnded(this) && !blockForEnd(this, ident, limit)) {
      recordJoin(ident, false);
      return false;
    }
    recordJoin(ident, true);
    throwFailure(this);
    return true;
  }

  /**
   * {@link join} that does not block the calling thread. The process stays alive until it is settled.
   */
  async joinAsync(timeout?: number): Promise<boolean> {
    const limit = checkTimeout(timeout, this.threadlanes);
    const ident = checkJoinable(this);
    const isOver = await lineOf(this).wait<boolean>({
      op: 'thread.join',
      object: ident,
      timeout: limit,
      attempt: (end) => {
        if (!hasEnded(this)) return undefined;
        end();
        recordJoin(ident, true);
        return true;
      },
      expire: () => {
        recordJoin(ident, false);
        return false;
      },
    });
    if (isOver) throwFailure(this);
    return isOver;
  }

  /** @internal */
  protected override shownState(): string {
    const cells = cellsOf(this);
    const state = raw.load(cells, THREAD_WORD.STATE);
    if (state === STATE.NEW) return 'not started';
    if (state === STATE.STARTED) return 'running';
    return cells[THREAD_WORD.OUTCOME] === OUTCOME.FAILED ? 'failed' : 'ended';
  }
}

/** Functions, not private methods: a Thread that was revived in another thread never ran the constructor. */
const isNew = (thread: Primitive): boolean => raw.load(cellsOf(thread), THREAD_WORD.STATE) === STATE.NEW;

function checkNew(thread: Primitive, what: string): void {
  if (isNew(thread)) return;
  throw new Error(
    `${describe(thread.threadlanes)}: has been started already, and ${what} can be changed before that only`,
  );
}

function checkJoinable({ threadlanes, ident }: { threadlanes: HandleData; ident: number | null }): number {
  const who = describe(threadlanes);
  if (ident === null) throw new Error(`${who}: join before start`);
  if (ident === 0) throw new Error(`${who}: the main thread cannot be joined`);
  if (ident === getIdent()) throw new Error(`${who}: a thread that joins itself would wait for ever`);
  return ident;
}

const hasEnded = (thread: object): boolean => raw.load(cellsOf(thread), THREAD_WORD.STATE) === STATE.ENDED;

function recordJoin(ident: number, isOver: boolean): void {
  if (probe !== undefined) probe.record(isOver ? OP['thread.joined'] : OP['thread.joinTimeout'], ident);
}

function throwFailure(thread: Primitive): void {
  const cells = cellsOf(thread);
  if (cells[THREAD_WORD.OUTCOME] !== OUTCOME.FAILED) return;
  raw.store(cells, THREAD_WORD.TOLD, 1);
  throw placed(readFailure(thread.threadlanes.memory), throwFailure);
}

/** Of a thread that has ended. */
function hearResult(thread: object): HandedResult | undefined {
  const line = lines.get(thread);
  const heard = handed.get(thread) ?? (line && handedOn(line));
  if (heard !== undefined) handed.set(thread, heard);
  return heard;
}

function blockForEnd(thread: Primitive, ident: number, timeout: number): boolean {
  if (probe !== undefined) probe.record(OP['thread.join'], ident, undefined, recordedTimeout(timeout));
  const cells = cellsOf(thread);
  const deadline = deadlineOf(timeout);
  do {
    raw.wait(cells, THREAD_WORD.STATE, STATE.STARTED, Math.min(remaining(deadline), RECHECK_MILLIS));
    if (hasEnded(thread)) return true;
    if (isCut(lines.get(thread))) declareLost(thread.threadlanes);
  } while (!hasEnded(thread) && remaining(deadline) > 0);
  return hasEnded(thread);
}

/** What this thread's joins without blocking wait in. */
function lineOf(thread: Primitive): AsyncLine {
  let line = asyncLines.get(thread);
  if (line === undefined) asyncLines.set(thread, (line = new AsyncLine(cellsOf(thread), THREAD_WORD.ASYNC)));
  return line;
}

/** A thread of an executor, not yet started. */
export function poolThread(target: ThreadTarget, name: string, pool: PoolStart, onExit: () => void): Thread {
  const thread = new Thread(target.module, target.exportName, [], { name, daemon: true });
  origins.set(thread, { target, args: [], pool, onExit });
  // Its executor tells of its errors.
  raw.store(cellsOf(thread), THREAD_WORD.TOLD, 1);
  return thread;
}

function revived(handle: unknown): Thread {
  if (handle instanceof Thread) return handle as Thread;
  return adopt(checkHandle(handle, 'thread').threadlanes, Thread.prototype as Thread);
}

/** The Thread of this memory, as an instance of a class whose constructor ran elsewhere; the one that is known already. */
export function adopt(data: HandleData, prototype: Thread): Thread {
  const cells = threadCells(data.memory);
  const token = raw.load(cells, THREAD_WORD.TOKEN);
  const met = known.get(token);
  if (met !== undefined) return met;
  const thread = Object.create(prototype) as Thread;
  Object.assign(thread, { threadlanes: data });
  wordsOf.set(thread, cells);
  if (raw.load(cells, THREAD_WORD.STATE) !== STATE.ENDED) known.set(token, thread);
  return thread;
}

/** Threads this thread has met and that are alive. */
export function livingThreads(): Thread[] {
  for (const [token, thread] of known) {
    if (!thread.isAlive() && thread.ident !== null) known.delete(token);
  }
  return [...known.values()].filter((thread) => thread.isAlive());
}

/** The calling thread's `threadId`: 0 for the main thread. Python: `threading.get_ident`. */
export function getIdent(): number {
  return probe?.thread ?? threadId;
}
