import { OP } from '../../trace/ops.js';
import { AsyncLine, wakeAsync } from '../waiting/asyncWait.js';
import {
  checkHandle,
  describe,
  handleOf,
  Primitive,
  type Handle,
  type Named,
  type PrimitiveOptions,
} from '../crossing/handle.js';
import { identify, probe, raw } from '../recording.js';
import { checkTimeout, deadlineOf, RECHECK_MILLIS, recordedTimeout, remaining } from '../waiting/timeout.js';

/** `STATE` counts the changes: odd is set. A waiter that slept through set and clear sees that it has changed. */
const WORD = { STATE: 0, OBJECT: 1, ASYNC: 2 } as const;
const WORDS = 3;

/** Of a flag only: a callback may be called with anything else. */
const takesNothing = (method: string, flag: boolean, who: Named): TypeError =>
  new TypeError(`${describe(who)}: ${method} takes nothing, got ${flag}: set() sets it and clear() unsets it`);

const isOdd = (value: number): boolean => (value & 1) === 1;

/**
 * A flag that threads wait for. Level-triggered: while it is set, every wait returns at once.
 * Python: `threading.Event`.
 */
export class Event extends Primitive {
  readonly #cells: Int32Array;
  readonly #object: number;
  #line: AsyncLine | undefined;

  constructor(options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(options: PrimitiveOptions | Handle = {}) {
    super(handleOf('event', options, () => new SharedArrayBuffer(WORDS * 4)));
    this.#cells = new Int32Array(this.threadlanes.memory);
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'event', name: this.name });
  }

  /** The event behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): Event {
    return revived(handle);
  }

  /**
   * Blocks until the event is set, at most `timeout` milliseconds. True when it was set, false when the time ran out.
   * Throws a RangeError for a negative timeout. Python: `Event.wait`, whose timeout is in seconds.
   */
  wait(timeout?: number): boolean {
    const limit = checkTimeout(timeout, this.threadlanes);
    const before = raw.load(this.#cells, WORD.STATE);
    return this.#answer(isOdd(before) || this.#sleep(before, limit));
  }

  /** {@link wait} without blocking the thread. The process stays alive until it is settled. */
  async waitAsync(timeout?: number): Promise<boolean> {
    const limit = checkTimeout(timeout, this.threadlanes);
    const before = raw.load(this.#cells, WORD.STATE);
    if (isOdd(before)) return this.#answer(true);
    this.#line ??= new AsyncLine(this.#cells, WORD.ASYNC);
    return this.#line.wait<boolean>({
      op: 'event.wait',
      object: this.#object,
      timeout: limit,
      attempt: (end) => {
        if (raw.load(this.#cells, WORD.STATE) === before) return undefined;
        end();
        return this.#answer(true);
      },
      expire: () => this.#answer(false),
    });
  }

  /** Sets the event and wakes all that wait for it. Python: `Event.set`. */
  set(): void;
  set(surplus?: unknown): void {
    if (typeof surplus === 'boolean') throw takesNothing('set', surplus, this.threadlanes);
    if (probe !== undefined) probe.record(OP['event.set'], this.#object);
    const before = raw.load(this.#cells, WORD.STATE);
    // A failed exchange means that another thread set it at the same time.
    if (!isOdd(before) && raw.compareExchange(this.#cells, WORD.STATE, before, before + 1) === before) {
      raw.notify(this.#cells, WORD.STATE);
      wakeAsync(this.#cells, WORD.ASYNC);
    }
  }

  /** From now on waits block again. Python: `Event.clear`. */
  clear(): void;
  clear(surplus?: unknown): void {
    if (typeof surplus === 'boolean') throw takesNothing('clear', surplus, this.threadlanes);
    if (probe !== undefined) probe.record(OP['event.clear'], this.#object);
    const before = raw.load(this.#cells, WORD.STATE);
    if (isOdd(before)) raw.compareExchange(this.#cells, WORD.STATE, before, before + 1);
  }

  /** Whether it is set at this moment. Python: `Event.is_set`. */
  isSet(): boolean {
    const isSet = isOdd(raw.load(this.#cells, WORD.STATE));
    if (probe !== undefined) probe.record(OP['event.test'], this.#object, isSet ? 1 : 0);
    return isSet;
  }

  /** @internal */
  protected override shownState(): string {
    return isOdd(raw.load(this.#cells, WORD.STATE)) ? 'set' : 'not set';
  }

  #answer(isSet: boolean): boolean {
    if (probe !== undefined) probe.record(isSet ? OP['event.woken'] : OP['event.timeout'], this.#object);
    return isSet;
  }

  #sleep(before: number, timeout: number): boolean {
    if (probe !== undefined) probe.record(OP['event.wait'], this.#object, undefined, recordedTimeout(timeout));
    const deadline = deadlineOf(timeout);
    do {
      raw.wait(this.#cells, WORD.STATE, before, Math.min(remaining(deadline), RECHECK_MILLIS));
      if (raw.load(this.#cells, WORD.STATE) !== before) return true;
    } while (remaining(deadline) > 0);
    return false;
  }
}

function revived(handle: unknown): Event {
  return handle instanceof Event ? handle : new Event(checkHandle(handle, 'event'));
}
