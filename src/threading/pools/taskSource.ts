/** Where a worker gets its tasks from, and how it sleeps while there are none. */
import { NO_TIMEOUT, OP } from '../../trace/ops.js';
import { probe, raw } from '../recording.js';
import { AsyncLine } from '../waiting/asyncWait.js';
import { RECHECK_MILLIS } from '../waiting/timeout.js';
import { ChannelReceiver, type TakenRecord } from './channelReceiver.js';
import type { PoolStart } from './poolStart.js';
import { CHANNEL } from './taskChannel.js';
import type { WorkerLine } from './workerLine.js';

/** Promises and timers of the tasks get their turn at least so often while there is work. */
const TURN_MILLIS = 10;

/** What waits for the event loop though it keeps nothing alive, such as output, waits no longer than this. */
const SHORT_SLEEP_MILLIS = 10;
/** The next task often comes right after the last one: looking is cheaper than sleeping. */
const LOOKS = 50;

/** Tasks have left something that needs the event loop. */
const hasWork = (): boolean => process.getActiveResourcesInfo().length > 0;

export class TaskSource {
  readonly #channel: ChannelReceiver;
  readonly #line: WorkerLine;
  readonly #own: Int32Array;
  readonly #number: number;
  readonly #object: number;
  readonly #idle: AsyncLine;
  readonly #announce = (task: number): void => {
    raw.store(this.#own, CHANNEL.CURRENT_TASK, task);
  };
  /** The timeout of the sleep that was recorded since the last task. */
  #recorded: number | undefined;
  #turned = performance.now();

  /** @param own the words of the channel of this worker's results */
  constructor({ tasks, number, object }: PoolStart, own: Int32Array, line: WorkerLine) {
    this.#channel = new ChannelReceiver(tasks);
    this.#line = line;
    this.#own = own;
    this.#number = number;
    this.#object = object;
    this.#idle = new AsyncLine(this.#channel.cells, CHANNEL.ASYNC);
  }

  /** The oldest task; undefined when there is none just now. */
  take(): TakenRecord | undefined {
    const record = this.#channel.take(this.#announce);
    if (record === undefined) raw.store(this.#own, CHANNEL.CURRENT_TASK, 0);
    return record;
  }

  /** Sleeps until there is one; undefined: there will be none. */
  async next(): Promise<TakenRecord | undefined> {
    let record = this.#seek(SHORT_SLEEP_MILLIS);
    if (record !== undefined || this.#channel.isClosed) return record ?? this.take();
    this.#line.listen();
    await this.turn();
    do record = this.#seek(RECHECK_MILLIS);
    while (record === undefined && !this.#channel.isClosed && !hasWork());
    if (record !== undefined || this.#channel.isClosed) return record ?? this.take();
    return this.#nextAsync();
  }

  /**
   * Looks for one, and again after a sleep. No sleep when tasks have left something that needs the event loop: it would be
   * kept from that.
   */
  #seek(limit: number): TakenRecord | undefined {
    this.beginSeeking();
    for (let i = 0; i < LOOKS; i++) {
      const record = this.#channel.take(this.#announce);
      if (record !== undefined) return record;
    }
    if (hasWork() || this.#channel.isClosed) return this.take();
    this.#recordSleep(limit === RECHECK_MILLIS ? NO_TIMEOUT : limit);
    this.#channel.sleep(this.#number, limit);
    return this.take();
  }

  /** One sleep after the other, without anything in between, is one. */
  #recordSleep(timeout: number): void {
    if (probe === undefined || timeout === this.#recorded) return;
    this.#recorded = timeout;
    probe.record(OP['queue.get'], this.#object, undefined, timeout);
  }

  /** From now on until {@link endSeeking} it will look before it sleeps. */
  beginSeeking(): void {
    if (raw.exchange(this.#own, CHANNEL.IS_SEEKING, 1) === 0) this.#channel.beginSeeking();
  }

  endSeeking(): void {
    if (raw.exchange(this.#own, CHANNEL.IS_SEEKING, 0) === 1) this.#channel.endSeeking();
  }

  async #nextAsync(): Promise<TakenRecord | undefined> {
    this.endSeeking();
    const found = await this.#idle.wait<{ readonly record: TakenRecord | undefined }>({
      op: 'queue.get',
      object: this.#object,
      timeout: Infinity,
      attempt: (end) => {
        const record = this.take();
        if (record === undefined && !this.#channel.isClosed) return undefined;
        end();
        return { record: record ?? this.take() };
      },
      expire: () => ({ record: undefined }),
    });
    return found.record;
  }

  /** A task begins: a sleep after it is another one. */
  begin(): void {
    this.#recorded = undefined;
  }

  get isTurnDue(): boolean {
    return performance.now() - this.#turned > TURN_MILLIS;
  }

  /** The event loop's turn. Whatever happens in there may end the thread. */
  turn(): Promise<void> {
    this.endSeeking();
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#turned = performance.now();
        resolve();
      }),
    );
  }
}
