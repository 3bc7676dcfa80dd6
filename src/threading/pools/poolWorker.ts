/** What a thread of an executor does: takes one task after the other, and sleeps in between. */
import { receiveMessageOnPort } from 'node:worker_threads';
import { OP, NO_TIMEOUT } from '../../trace/ops.js';
import { AsyncLine } from '../waiting/asyncWait.js';
import { ringBell } from './completions.js';
import { beginImport, endImport } from '../threads/importing.js';
import { RESULT, type LineMessage, type PoolStart } from './poolStart.js';
import { probe, raw } from '../recording.js';
import { revive } from '../crossing/revive.js';
import {
  CHANNEL_ASYNC_WORD,
  ChannelReceiver,
  ChannelSender,
  CURRENT_TASK,
  IS_SEEKING,
  type TakenRecord,
} from './taskChannel.js';
import { decodeValues, encodeValues, messageOf, type EncodedValues } from './taskValue.js';
import { errorName } from '../threads/threadError.js';
import { findExport, type AnyFunction, type ThreadTarget } from '../threads/threadTarget.js';
import { copyThrown } from './thrownCopy.js';
import { explainImport } from '../threads/typeScript.js';
import { RECHECK_MILLIS } from '../waiting/timeout.js';

/** Promises and timers of the tasks get their turn at least so often while there is work. */
const TURN_MILLIS = 10;

/** What waits for the event loop though it keeps nothing alive, such as output, waits no longer than this. */
const SHORT_SLEEP_MILLIS = 10;
/** The next task often comes right after the last one: looking is cheaper than sleeping. */
const LOOKS = 50;

const hasWork = (): boolean => process.getActiveResourcesInfo().length > 0;

const WHO = 'ThreadPoolExecutor';

interface Callable {
  readonly name: string;
  call(args: readonly unknown[]): unknown;
}

export class PoolWorker {
  readonly #start: PoolStart;
  readonly #tasks: ChannelReceiver;
  readonly #results: ChannelSender;
  readonly #own: Int32Array;
  readonly #bell: Int32Array;
  readonly #targets = new Map<number, ThreadTarget>();
  readonly #functions = new Map<number, Callable>();
  readonly #buffers = new Map<number, SharedArrayBuffer>();
  readonly #idle: AsyncLine;
  readonly #announce = (task: number): void => {
    raw.store(this.#own, CURRENT_TASK, task);
  };
  #sent = 0;
  /** The timeout of the sleep that was recorded since the last task. */
  #recorded: number | undefined;
  #turned = performance.now();
  /** Set while a task's promise has not settled. */
  #giveUp: ((error: Error) => void) | undefined;

  constructor(start: PoolStart) {
    this.#start = start;
    this.#tasks = new ChannelReceiver(start.tasks);
    this.#results = new ChannelSender(start.results, WHO);
    this.#own = new Int32Array(start.results, 0, IS_SEEKING + 1);
    this.#bell = new Int32Array(start.bell);
    this.#idle = new AsyncLine(this.#tasks.cells, CHANNEL_ASYNC_WORD);
    for (const message of start.told) this.#hear(message);
    // The event loop is empty: what the task waits for cannot come.
    process.on('beforeExit', () =>
      this.#giveUp?.(new Error('its promise can never settle: nothing is left that this thread waits for')),
    );
  }

  /** Until the executor is shut down. */
  async run(): Promise<void> {
    if (!(await this.#initialize())) return;
    for (;;) {
      const record = this.#take() ?? (await this.#next());
      this.#endSeeking();
      if (record === undefined) return;
      await this.#perform(record);
      if (performance.now() - this.#turned > TURN_MILLIS) await this.#turn();
    }
  }

  /** To be called when nothing more comes from this thread. */
  leave(): void {
    ringBell(this.#bell);
  }

  async #initialize(): Promise<boolean> {
    const { initializer, initArgs } = this.#start;
    if (initializer === undefined) return true;
    try {
      const initialize = await importTarget(initializer);
      await initialize.call(revive(initArgs) as unknown[]);
      return true;
    } catch (error) {
      this.#publish(0, RESULT.BROKEN, 0, encodeThrown(error));
      return false;
    }
  }

  #take(): TakenRecord | undefined {
    const record = this.#tasks.take(this.#announce);
    if (record === undefined) raw.store(this.#own, CURRENT_TASK, 0);
    return record;
  }

  /** Sleeps until there is one; undefined: there will be none. */
  async #next(): Promise<TakenRecord | undefined> {
    let record = this.#seek(SHORT_SLEEP_MILLIS);
    if (record !== undefined || this.#tasks.isClosed) return record ?? this.#take();
    this.#listen();
    await this.#turn();
    do record = this.#seek(RECHECK_MILLIS);
    while (record === undefined && !this.#tasks.isClosed && !hasWork());
    if (record !== undefined || this.#tasks.isClosed) return record ?? this.#take();
    return this.#nextAsync();
  }

  /**
   * Looks for one, and again after a sleep. No sleep when tasks have left something that needs the event loop: it would be
   * kept from that.
   */
  #seek(limit: number): TakenRecord | undefined {
    this.#beginSeeking();
    for (let i = 0; i < LOOKS; i++) {
      const record = this.#tasks.take(this.#announce);
      if (record !== undefined) return record;
    }
    if (hasWork() || this.#tasks.isClosed) return this.#take();
    this.#recordSleep(limit === RECHECK_MILLIS ? NO_TIMEOUT : limit);
    this.#tasks.sleep(this.#start.number, limit);
    return this.#take();
  }

  /** One sleep after the other, without anything in between, is one. */
  #recordSleep(timeout: number): void {
    if (probe === undefined || timeout === this.#recorded) return;
    this.#recorded = timeout;
    probe.record(OP['queue.get'], this.#start.object, undefined, timeout);
  }

  #beginSeeking(): void {
    if (raw.exchange(this.#own, IS_SEEKING, 1) === 0) this.#tasks.beginSeeking();
  }

  #endSeeking(): void {
    if (raw.exchange(this.#own, IS_SEEKING, 0) === 1) this.#tasks.endSeeking();
  }

  async #nextAsync(): Promise<TakenRecord | undefined> {
    this.#endSeeking();
    const found = await this.#idle.wait<{ readonly record: TakenRecord | undefined }>({
      op: 'queue.get',
      object: this.#start.object,
      timeout: Infinity,
      attempt: (end) => {
        const record = this.#take();
        if (record === undefined && !this.#tasks.isClosed) return undefined;
        end();
        return { record: record ?? this.#take() };
      },
      expire: () => ({ record: undefined }),
    });
    return found.record;
  }

  /** Whatever happens in there may end the thread. */
  #turn(): Promise<void> {
    this.#endSeeking();
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#turned = performance.now();
        resolve();
      }),
    );
  }

  async #perform(record: TakenRecord): Promise<void> {
    this.#recorded = undefined;
    if (probe !== undefined) probe.record(OP['task.start'], record.object);
    let result: unknown;
    let target: Callable | undefined;
    try {
      target = this.#functions.get(record.code) ?? (await this.#load(record));
      const buffers = record.buffers.map((number) => this.#buffer(number));
      result = target.call(decodeValues(record.bytes, buffers, record.first));
      if (isThenable(result)) result = await this.#settled(result);
    } catch (error) {
      this.#fail(record, error);
      return;
    }
    this.#succeed(record, result, target.name);
  }

  #succeed(record: TakenRecord, result: unknown, name: string): void {
    let encoded: EncodedValues;
    try {
      encoded = encodeValues([result]);
    } catch (error) {
      this.#fail(record, new TypeError(`the result of ${name} cannot cross to another thread: ${messageOf(error)}`));
      return;
    }
    if (probe !== undefined) probe.record(OP['task.done'], record.object);
    this.#publish(record.task, RESULT.DONE, record.object, encoded);
  }

  #fail(record: TakenRecord, error: unknown): void {
    if (probe !== undefined) probe.record(OP['task.fail'], record.object, probe.string(errorName(error)));
    this.#publish(record.task, RESULT.FAILED, record.object, encodeThrown(error));
  }

  #publish(task: number, code: number, object: number, { bytes, buffers, first }: EncodedValues): void {
    const numbers = buffers.map((buffer) => {
      const number = ++this.#sent;
      this.#start.line.postMessage({ kind: 'buffer', number, buffer } satisfies LineMessage);
      return number;
    });
    // Whoever hears of the result may push the next task at once.
    this.#beginSeeking();
    try {
      this.#results.push({ task, code, object, buffers: numbers, first }, bytes);
    } catch (error) {
      // No room for it. An error's text is small.
      if (code !== RESULT.DONE) throw error;
      this.#results.push({ task, code: RESULT.FAILED, object, buffers: [], first: 0 }, encodeThrown(error).bytes);
    }
    raw.store(this.#own, CURRENT_TASK, 0);
    ringBell(this.#bell);
  }

  async #load(record: TakenRecord): Promise<Callable> {
    if (!this.#targets.has(record.code)) this.#listen();
    const target = await importTarget(this.#targets.get(record.code) as ThreadTarget);
    this.#functions.set(record.code, target);
    return target;
  }

  #buffer(number: number): SharedArrayBuffer {
    if (!this.#buffers.has(number)) this.#listen();
    return this.#buffers.get(number) as SharedArrayBuffer;
  }

  #listen(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#start.line) as { message: LineMessage | null } | undefined;
      if (received === undefined) return;
      // Null only asks whether this thread is there.
      if (received.message !== null) this.#hear(received.message);
    }
  }

  #hear(message: LineMessage): void {
    if (message.kind === 'target') this.#targets.set(message.number, message.target);
    else if (message.kind === 'buffer') this.#buffers.set(message.number, message.buffer);
    else this.#buffers.delete(message.number);
  }

  async #settled(result: PromiseLike<unknown>): Promise<unknown> {
    const never = new Promise<never>((_resolve, reject) => {
      this.#giveUp = reject;
    });
    try {
      return await Promise.race([result, never]);
    } finally {
      this.#giveUp = undefined;
    }
  }
}

async function importTarget(target: ThreadTarget): Promise<Callable> {
  beginImport(target.module);
  try {
    const found: AnyFunction = findExport((await import(target.module)) as Record<string, unknown>, target);
    return { name: target.exportName, call: (args) => found(...(args as never[])) };
  } catch (error) {
    throw explainImport(error, target.module);
  } finally {
    endImport(target.module);
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';

function canCross(value: unknown): boolean {
  try {
    encodeValues([value]);
    return true;
  } catch {
    return false;
  }
}

const encodeThrown = (error: unknown): EncodedValues => encodeValues([copyThrown(error, canCross)]);
