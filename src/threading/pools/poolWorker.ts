/** What a thread of an executor does: takes one task after the other, and sleeps in between. */
import { OP } from '../../trace/ops.js';
import { messageOf } from '../crossing/copyError.js';
import { revive } from '../crossing/revive.js';
import { probe, raw } from '../recording.js';
import { errorName, withoutPlace } from '../threads/threadError.js';
import type { TakenRecord } from './channelReceiver.js';
import { ChannelSender } from './channelSender.js';
import { ringBell } from './completions.js';
import { RESULT, type LineMessage, type PoolStart } from './poolStart.js';
import { CHANNEL } from './taskChannel.js';
import { importTarget, type TaskFunction } from './taskFunction.js';
import { TaskSource } from './taskSource.js';
import { decodeValues, encodeValues, type EncodedValues } from './taskValue.js';
import { copyThrown } from './thrownCopy.js';
import { WorkerLine } from './workerLine.js';

const WHO = 'ThreadPoolExecutor';

export class PoolWorker {
  readonly #start: PoolStart;
  readonly #tasks: TaskSource;
  readonly #line: WorkerLine;
  readonly #results: ChannelSender;
  readonly #own: Int32Array;
  readonly #bell: Int32Array;
  #sent = 0;
  /** Set while a task's promise has not settled. */
  #giveUp: ((error: Error) => void) | undefined;

  constructor(start: PoolStart) {
    this.#start = start;
    this.#own = new Int32Array(start.results, 0, CHANNEL.IS_SEEKING + 1);
    this.#line = new WorkerLine(start);
    this.#tasks = new TaskSource(start, this.#own, this.#line);
    this.#results = new ChannelSender(start.results, WHO);
    this.#bell = new Int32Array(start.bell);
    // The event loop is empty: what the task waits for cannot come.
    process.on('beforeExit', () =>
      this.#giveUp?.(
        withoutPlace(new Error('its promise can never settle: nothing is left that this thread waits for')),
      ),
    );
  }

  /** Until the executor is shut down. */
  async run(): Promise<void> {
    if (!(await this.#initialize())) return;
    for (;;) {
      const record = this.#tasks.take() ?? (await this.#tasks.next());
      this.#tasks.endSeeking();
      if (record === undefined) return;
      await this.#perform(record);
      if (this.#tasks.isTurnDue) await this.#tasks.turn();
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

  async #perform(record: TakenRecord): Promise<void> {
    this.#tasks.begin();
    if (probe !== undefined) probe.record(OP['task.start'], record.object);
    let result: unknown;
    let target: TaskFunction | undefined;
    try {
      target = this.#line.known(record.code) ?? (await this.#line.load(record.code));
      const buffers = record.buffers.map((number) => this.#line.buffer(number));
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
      const why = `the result of ${name} cannot cross to another thread: ${messageOf(error)}`;
      this.#fail(record, withoutPlace(new TypeError(why)));
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
    this.#tasks.beginSeeking();
    try {
      this.#results.push({ task, code, object, buffers: numbers, first }, bytes);
    } catch (error) {
      // No room for it. An error's text is small.
      if (code !== RESULT.DONE) throw error;
      this.#results.push({ task, code: RESULT.FAILED, object, buffers: [], first: 0 }, encodeThrown(error).bytes);
    }
    raw.store(this.#own, CHANNEL.CURRENT_TASK, 0);
    ringBell(this.#bell);
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
