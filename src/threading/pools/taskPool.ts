/** What an executor does for its Futures: tasks out to the workers, results in, the dead replaced. */
import { OP } from '../../trace/ops.js';
import { blockUntil, listenTo, type TaskSource } from './completions.js';
import { Crew, type Departure } from './crew.js';
import { BrokenThreadPool, WorkerDied } from './futureErrors.js';
import { checkNotImporting } from '../threads/importing.js';
import { RESULT, type LineMessage } from './poolStart.js';
import { printError } from '../print.js';
import { probe } from '../recording.js';
import { SharedBuffers } from './sharedBuffers.js';
import type { TakenRecord } from './channelReceiver.js';
import { ChannelSender, type PushedRecord } from './channelSender.js';
import { newChannelMemory } from './taskChannel.js';
import { TaskState, type TaskRunner } from './taskState.js';
import { decodeValues, type EncodedValues } from './taskValue.js';
import { OUTCOME, readEnd } from '../threads/threadMemory.js';
import type { ThreadTarget } from '../threads/threadTarget.js';
import { thrownFrom, type ThrownCopy } from './thrownCopy.js';
import { recordedTimeout } from '../waiting/timeout.js';

export interface PoolOptions {
  /** Who speaks in messages. */
  readonly who: string;
  readonly namePrefix: string;
  readonly maxWorkers: number;
  readonly initializer: ThreadTarget | undefined;
  readonly initArgs: readonly unknown[];
}

interface Pending {
  readonly task: TaskState;
  readonly pushed: PushedRecord;
  readonly buffers: readonly number[];
}

export class TaskPool implements TaskSource, TaskRunner {
  readonly object: number;
  readonly #options: PoolOptions;
  readonly #crew: Crew;
  readonly #tasks: ChannelSender;
  readonly #buffers: SharedBuffers;
  readonly #pending = new Map<number, Pending>();
  readonly #targets = new Map<string, number>();
  readonly #told: LineMessage[] = [];
  #first: ThreadTarget | undefined;
  #last = 0;
  #broken: BrokenThreadPool | undefined;
  #isClosed = false;
  readonly #whenOver: (() => void)[] = [];

  constructor(options: PoolOptions) {
    this.#options = options;
    this.object = probe?.define({ kind: 'pool', name: options.namePrefix, capacity: options.maxWorkers }) ?? 0;
    const tasks = newChannelMemory(options.maxWorkers);
    this.#tasks = new ChannelSender(tasks, options.who);
    this.#crew = new Crew({ ...options, tasks, object: this.object });
    this.#buffers = new SharedBuffers((message) => this.#crew.tell(message));
  }

  /** Something is to be heard of it. */
  get isBusy(): boolean {
    return this.#pending.size > 0 || (this.#isClosed && this.#crew.size > 0);
  }

  /** Nothing is left to do, and no worker is left. */
  get isOver(): boolean {
    return this.#isClosed && this.#pending.size === 0 && this.#crew.size === 0;
  }

  submit(target: ThreadTarget, { bytes, buffers, first }: EncodedValues): TaskState {
    const { who } = this.#options;
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#isClosed) throw new Error(`${who}: submit after shutdown`);
    checkNotImporting(target, true, who);
    this.#first ??= target;
    const code = this.#codeOf(target);
    if (this.#pending.size >= this.#crew.size && this.#crew.size < this.#options.maxWorkers) this.#hire(1);
    const number = this.#nextNumber();
    const object = probe?.define({ kind: 'task', name: target.exportName }) ?? 0;
    const numbers = buffers.length === 0 ? noNumbers : this.#buffers.use(buffers);
    if (probe !== undefined) probe.record(OP['task.submit'], object);
    const pushed = this.#tasks.push({ task: number, code, object, buffers: numbers, first }, bytes);
    const task = new TaskState(number, target.exportName, who, object, this);
    this.#pending.set(number, { task, pushed, buffers: numbers });
    this.#tasks.ring();
    listenTo(this);
    return task;
  }

  collect(): void {
    const departures = this.#crew.collect((record, buffers) => this.#take(record, buffers));
    for (const departure of departures) this.#bury(departure);
    if (departures.length > 0) this.#replace();
    if (this.isOver) for (const listener of this.#whenOver.splice(0)) listener();
  }

  checkWorkers(): void {
    this.#crew.findLost();
  }

  isRunning({ number }: TaskState): boolean {
    return this.#crew.isRunning(number);
  }

  cancel(task: TaskState): boolean {
    const pending = this.#pending.get(task.number);
    if (pending === undefined || !this.#tasks.cancel(pending.pushed)) return false;
    if (probe !== undefined) probe.record(OP['task.fail'], task.object, probe.string('CancelledError'));
    this.#settle(pending, 'cancelled');
    return true;
  }

  /** The workers end when nothing is left to do. */
  close(isCancelling: boolean): void {
    this.#isClosed = true;
    if (isCancelling) for (const { task } of [...this.#pending.values()]) this.cancel(task);
    this.#tasks.close();
    if (this.isBusy) listenTo(this);
  }

  /** Blocks until {@link isOver}. A trace tells it as Python does it: one thread after the other is joined. */
  join(): void {
    if (blockUntil(() => this.isOver, 0)) return;
    for (let next = this.#crew.first; next !== undefined; next = this.#crew.first) {
      const thread = next;
      const ident = thread.ident as number;
      if (probe !== undefined) probe.record(OP['thread.join'], ident, undefined, recordedTimeout(Infinity));
      blockUntil(() => this.#crew.first !== thread, Infinity);
      if (probe !== undefined) probe.record(OP['thread.joined'], ident);
    }
  }

  whenOver(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    return new Promise((resolve) => this.#whenOver.push(resolve));
  }

  #nextNumber(): number {
    // Numbers are words; 0 is no task.
    do this.#last = (this.#last + 1) & 0x7fffffff;
    while (this.#last === 0 || this.#pending.has(this.#last));
    return this.#last;
  }

  #codeOf(target: ThreadTarget): number {
    const key = `${target.module} ${target.exportName}`;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const number = this.#targets.size + 1;
    this.#targets.set(key, number);
    const message = { kind: 'target', number, target } as const;
    this.#told.push(message);
    this.#crew.tell(message);
    return number;
  }

  #hire(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#crew.start(this.#first as ThreadTarget, [...this.#told, ...this.#buffers.messages]);
    }
  }

  #take({ task, code, bytes, first }: TakenRecord, buffers: readonly SharedArrayBuffer[]): void {
    const [value] = decodeValues(bytes, buffers, first);
    if (code === RESULT.BROKEN) {
      const error = thrownFrom(value as ThrownCopy);
      this.#break(`its initializer failed (${error instanceof Error ? error.message : String(error)})`, error);
      return;
    }
    const pending = this.#pending.get(task);
    if (pending === undefined) return;
    if (code === RESULT.DONE) this.#settle(pending, 'done', value);
    else this.#settle(pending, 'failed', thrownFrom(value as ThrownCopy));
  }

  #settle(pending: Pending, status: 'done' | 'failed' | 'cancelled', outcome?: unknown): void {
    this.#pending.delete(pending.task.number);
    this.#buffers.release(pending.buffers);
    pending.task.settle(status, outcome);
  }

  #break(why: string, cause: unknown): void {
    if (this.#broken !== undefined) return;
    const error = new BrokenThreadPool(`${this.#options.who}: ${why}, so it can run nothing any more`);
    if (cause !== undefined) error.cause = cause;
    this.#broken = error;
    for (const pending of [...this.#pending.values()]) {
      this.#tasks.cancel(pending.pushed);
      this.#settle(pending, 'failed', error);
    }
    this.#tasks.close();
  }

  #bury({ thread, task, didAnything, number, wasSeeking }: Departure): void {
    this.#tasks.forgetTaker(number, wasSeeking);
    const { who } = this.#options;
    const { outcome, failure } = readEnd(thread.threadlanes.memory);
    if (outcome === OUTCOME.RETURNED) return;
    const how = failure === undefined ? 'called process.exit' : `died (${failure.message})`;
    const pending = this.#pending.get(task);
    if (pending !== undefined) {
      const error = new WorkerDied(`${who}: its thread ${thread.name} ${how} while it ran ${pending.task.label}`);
      if (failure !== undefined) error.cause = failure;
      if (probe !== undefined) probe.record(OP['task.fail'], pending.task.object, probe.string(error.name));
      this.#settle(pending, 'failed', error);
    } else if (!didAnything) {
      // Another one would fare no better.
      this.#break(`its thread ${thread.name} ${how} before it could take a task`, failure);
    } else if (failure !== undefined) {
      printError(`${who}: its thread ${thread.name} ${how} between two tasks`);
    }
  }

  /** As many as are needed for what is left. */
  #replace(): void {
    const wanted = Math.min(this.#options.maxWorkers, this.#pending.size);
    if (wanted > this.#crew.size) this.#hire(wanted - this.#crew.size);
  }
}

const noNumbers: readonly number[] = [];
