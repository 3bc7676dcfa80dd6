import { OP } from '../../trace/ops.js';
import { AsyncLine } from '../waiting/asyncWait.js';
import {
  ACTING,
  BROKEN,
  FILLING,
  BarrierRound,
  REASONS,
  WORD,
  WORDS,
  type Arrival,
  type Reason,
} from './barrierRound.js';
import { checkFirst } from './count.js';
import {
  checkHandle,
  describe,
  shown,
  handleOf,
  isHandle,
  Primitive,
  type Handle,
  type PrimitiveOptions,
} from '../crossing/handle.js';
import { identify, probe, raw } from '../recording.js';
import { checkTimeout, deadlineOf, RECHECK_MILLIS, remaining } from '../waiting/timeout.js';
import { newLineMemory, REFUSED, WaitLine, type Place } from '../waiting/waitLine.js';

/** Thrown by `wait` of a {@link Barrier} that was broken or reset. Python: `threading.BrokenBarrierError`. */
export class BrokenBarrierError extends Error {
  override readonly name = 'BrokenBarrierError';
}

export interface BarrierOptions extends PrimitiveOptions {
  /**
   * Called by the thread that comes last, before the others go on. A function cannot cross threads: set {@link Barrier.action}
   * in each thread that waits.
   */
  readonly action?: () => void;
  /** Milliseconds that `wait` waits at most when it is not told, in each thread; default: for ever. */
  readonly timeout?: number;
}

const BARRIER_OPTIONS = ['name', 'action', 'timeout'];

function timeoutIn(memory: SharedArrayBuffer): Float64Array {
  return new Float64Array(memory, WORD.TIMEOUT * 4, 1);
}

/**
 * A place where a fixed number of threads wait for each other: the wait of each ends when all have come. Then it can be
 * used again. When one gives up, because its time is out or its action throws, the barrier is broken for all.
 * Python: `threading.Barrier`.
 *
 * @example
 * const barrier = new Barrier(3);
 * barrier.wait();   // in each of three threads
 */
export class Barrier extends Primitive {
  readonly #cells: Int32Array;
  readonly #line: WaitLine;
  readonly #object: number;
  readonly #timeout: number;
  readonly #round: BarrierRound;
  #full: AsyncLine | undefined;
  #action: (() => void) | undefined;

  /** @param parties how many have to come, 1 or more */
  constructor(parties: number, options?: BarrierOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(parties: number | Handle, options: BarrierOptions = {}) {
    const who = { kind: 'barrier', name: undefined } as const;
    const newMemory = (): SharedArrayBuffer => {
      const memory = newLineMemory();
      new Int32Array(memory)[WORD.PARTIES] = checkFirst(parties, 'parties', who);
      timeoutIn(memory)[0] = checkTimeout(options.timeout, who);
      return memory;
    };
    super(handleOf('barrier', isHandle(parties) ? parties : options, newMemory, BARRIER_OPTIONS));
    const { memory } = this.threadlanes;
    this.#cells = new Int32Array(memory, 0, WORDS);
    this.#line = new WaitLine(memory, this.threadlanes);
    this.#timeout = timeoutIn(memory)[0] as number;
    if (options.action !== undefined) this.action = options.action;
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'barrier', name: this.name, capacity: this.parties });
    this.#round = new BarrierRound(this.#cells, this.#line, this.#object);
  }

  /** The barrier behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): Barrier {
    return revived(handle);
  }

  /** How many have to come. Python: `Barrier.parties`. */
  get parties(): number {
    return this.#cells[WORD.PARTIES] as number;
  }

  /** How many wait at this moment. Python: `Barrier.n_waiting`. */
  get nWaiting(): number {
    return raw.load(this.#cells, WORD.PHASE) === FILLING ? raw.load(this.#cells, WORD.ARRIVED) : 0;
  }

  /** Whether it is broken: every wait throws until it is reset. Python: `Barrier.broken`. */
  get broken(): boolean {
    return raw.load(this.#cells, WORD.PHASE) === BROKEN;
  }

  /**
   * What this thread does when it comes last, before the others go on. When one thread sets an action all have to: a wait
   * of a thread that has none throws a TypeError, since it may come last, and breaks the barrier for all.
   */
  get action(): (() => void) | undefined {
    return this.#action;
  }

  set action(action: (() => void) | undefined) {
    if (action !== undefined && typeof action !== 'function') {
      throw new TypeError(`${describe(this.threadlanes)}: action must be a function, got ${shown(action)}`);
    }
    this.#action = action;
    if (action !== undefined) raw.store(this.#cells, WORD.HAS_ACTION, 1);
  }

  /**
   * Blocks until all have come, at most `timeout` milliseconds. Gives a number from 0 to `parties - 1` that no other thread
   * gets in this round. Throws a BrokenBarrierError when the barrier is or gets broken or is reset meanwhile; when the time
   * runs out, it breaks it. What the action throws is thrown in the thread that came last, and the barrier is broken for
   * the others. A TypeError when others have set an action and this thread has not: see {@link action}.
   * Python: `Barrier.wait`, whose timeout is in seconds.
   */
  wait(timeout?: number): number {
    const limit = this.#checkWait(timeout);
    let arrival = this.#round.arrive(limit);
    while (arrival.kind === 'full') {
      raw.wait(this.#cells, WORD.PHASE, ACTING, RECHECK_MILLIS);
      this.#round.rescue();
      arrival = this.#round.arrive(limit);
    }
    if (arrival.kind !== 'place') return this.#enter(arrival);
    const { place, index } = arrival;
    const deadline = deadlineOf(limit);
    do {
      this.#line.sleep(place, deadline);
      if (!this.#line.isAnswered(place)) this.#round.rescue();
    } while (!this.#line.isAnswered(place) && remaining(deadline) > 0);
    return this.#leave(place, index);
  }

  /** {@link wait} without blocking the thread. The process stays alive until it is settled. */
  async waitAsync(timeout?: number): Promise<number> {
    const limit = this.#checkWait(timeout);
    let arrival = this.#round.arrive();
    if (arrival.kind === 'full') arrival = await this.#arriveAsync();
    if (arrival.kind !== 'place') return this.#enter(arrival);
    const { place, index } = arrival;
    return this.#line.asyncLine(place).wait<number>({
      op: 'barrier.wait',
      object: this.#object,
      timeout: limit,
      attempt: (end) => {
        if (!this.#line.isAnswered(place)) this.#round.rescue();
        if (!this.#line.isAnswered(place)) return undefined;
        end();
        return this.#leave(place, index);
      },
      expire: () => this.#leave(place, index),
    });
  }

  /** Makes it as new; those who wait get a BrokenBarrierError. Python: `Barrier.reset`. */
  reset(): void {
    this.#round.refuse('reset');
  }

  /** Breaks it: those who wait, and all who come later, get a BrokenBarrierError until a reset. Python: `Barrier.abort`. */
  abort(): void {
    this.#round.refuse('aborted');
  }

  /** @internal */
  protected override shownState(): string {
    return this.broken ? 'broken' : `${this.nWaiting} of ${this.parties} waiting`;
  }

  #checkWait(timeout: number | undefined): number {
    const limit = timeout === undefined ? this.#timeout : checkTimeout(timeout, this.threadlanes);
    if (raw.load(this.#cells, WORD.HAS_ACTION) === 0 || this.#action !== undefined) return limit;
    // Whoever waits for this thread would wait for ever.
    this.#round.refuse('noAction');
    throw new TypeError(
      `${describe(this.threadlanes)}: it has an action, which cannot cross to this thread: set its \`action\` here too; ` +
        'for the others it is broken now',
    );
  }

  /** While the action of a round runs, whoever comes waits for its end, however long it takes. */
  #arriveAsync(): Promise<Exclude<Arrival, { kind: 'full' }>> {
    this.#full ??= new AsyncLine(this.#cells, WORD.ASYNC);
    return this.#full.wait({
      op: 'barrier.wait',
      object: this.#object,
      timeout: Infinity,
      attempt: () => {
        this.#round.rescue();
        const arrival = this.#round.arrive();
        return arrival.kind === 'full' ? undefined : arrival;
      },
      expire: () => ({ kind: 'broken', why: this.#round.why }),
    });
  }

  /** Of one that does not wait. */
  #enter(arrival: Extract<Arrival, { kind: 'last' | 'broken' }>): number {
    if (arrival.kind !== 'last') throw this.#brokenError(arrival.why);
    const { index, round } = arrival;
    try {
      this.#action?.();
    } catch (error) {
      this.#round.refuse('actionThrew', round);
      if (probe !== undefined) probe.record(OP['barrier.broken'], this.#object);
      throw error;
    }
    if (!this.#round.pass(round)) throw this.#brokenError(this.#round.why);
    return index;
  }

  /** Of one that has waited: the index when all have come; else the barrier is broken. */
  #leave(place: Place, index: number): number {
    this.#line.enter();
    const why = this.#round.whyRefused(place);
    const answer = this.#line.quit(place);
    this.#line.leave();
    if (answer === REFUSED) throw this.#brokenError(why);
    if (answer === null) return this.#timedOut();
    if (probe !== undefined) probe.record(OP['barrier.passed'], this.#object, index);
    return index;
  }

  #timedOut(): never {
    if (probe !== undefined) probe.record(OP['barrier.timeout'], this.#object);
    this.#round.refuse('late');
    throw this.#errorOf('late');
  }

  #brokenError(why: Reason): BrokenBarrierError {
    if (probe !== undefined) probe.record(OP['barrier.broken'], this.#object);
    return this.#errorOf(why);
  }

  #errorOf(why: Reason): BrokenBarrierError {
    return new BrokenBarrierError(`${describe(this.threadlanes)}: ${REASONS[why]}`);
  }
}

function revived(handle: unknown): Barrier {
  return handle instanceof Barrier ? handle : new Barrier(checkHandle(handle, 'barrier'));
}
