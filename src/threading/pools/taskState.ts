/** What becomes of one task, as the thread that submitted it knows. Its Future is only a view of it. */
import { OP } from '../../trace/ops.js';
import { printError } from '../print.js';
import { probe } from '../recording.js';

export type TaskStatus = 'pending' | 'done' | 'failed' | 'cancelled';

/** Who runs it. */
export interface TaskRunner {
  isRunning(task: TaskState): boolean;
  /** Takes in what has come. */
  collect(): void;
  /** True: nobody has begun it, and nobody will. */
  cancel(task: TaskState): boolean;
}

let over = 0;

export class TaskState {
  status: TaskStatus = 'pending';
  value: unknown = undefined;
  /** What it threw. */
  error: unknown = undefined;
  /** Somebody was told of the error, or will be. */
  isSeen = false;
  /** Its Future was collected: nobody can ask any more. */
  isLost = false;
  /** Counts the tasks of this thread as they are over. */
  place = 0;
  #isLetGo = false;
  #listeners: (() => void)[] | undefined;

  constructor(
    /** In its executor, from 1. */
    readonly number: number,
    /** The name of its function. */
    readonly label: string,
    /** Who speaks in messages. */
    readonly owner: string,
    /** The id that the recorder knows it by. */
    readonly object: number,
    readonly runner: TaskRunner,
  ) {}

  get isOver(): boolean {
    return this.status !== 'pending';
  }

  settle(status: Exclude<TaskStatus, 'pending'>, outcome?: unknown): void {
    if (this.isOver) return;
    this.status = status;
    this.place = ++over;
    if (status === 'done') this.value = outcome;
    if (status === 'failed') {
      this.error = outcome;
      if (this.#isLetGo) this.recordOutcome(true);
      else if (this.isLost) reportUnseen(this);
      else if (!this.isSeen) watchUnseen(this);
    }
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) queueMicrotask(listener);
  }

  /** Calls it, not at once, when the task is over. */
  onceOver(listener: () => void): void {
    if (this.isOver) queueMicrotask(listener);
    else (this.#listeners ??= []).push(listener);
  }

  removeListener(listener: () => void): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }

  markSeen(): void {
    this.isSeen = true;
    unseen.delete(this);
  }

  /** Nobody wants to know any more what becomes of it: an error that it throws is no longer told. */
  letGo(): void {
    if (this.isSeen) return;
    this.markSeen();
    this.#isLetGo = true;
    if (this.status === 'failed') this.recordOutcome(true);
  }

  recordWait(timeout: number): void {
    if (probe !== undefined) probe.record(OP['task.wait'], this.object, undefined, timeout);
  }

  recordOutcome(isOver: boolean): void {
    if (probe !== undefined) probe.record(isOver ? OP['task.result'] : OP['task.timeout'], this.object);
  }
}

/** Failed tasks whose error nobody has looked at yet, and somebody still may. */
const unseen = new Set<TaskState>();
let isWatching = false;
/** One error may end many tasks: it is told once. */
const told = new WeakSet<object>();

function watchUnseen(task: TaskState): void {
  unseen.add(task);
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    for (const one of unseen) reportUnseen(one);
    unseen.clear();
  });
}

/** The Future of this task is gone. */
export function loseTask(task: TaskState): void {
  task.isLost = true;
  if (!unseen.delete(task)) return;
  reportUnseen(task);
}

function reportUnseen({ error, label, owner }: TaskState): void {
  if (typeof error === 'object' && error !== null) {
    if (told.has(error)) return;
    told.add(error);
  }
  printError(`${owner}: ${label} failed, and nobody has looked at its Future: ${lineOf(error)}`);
}

/** Its text and where it was thrown, in one line. */
function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = /^ +at (.*)$/m.exec(error.stack ?? '')?.[1];
  const [message = ''] = String(error).split('\n');
  return place === undefined ? message : `${message} (${place})`;
}
