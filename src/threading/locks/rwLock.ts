import { LOCK_MODES, OP } from '../../trace/ops.js';
import { checkHandle, describe, handleOf, Primitive, type Handle, type PrimitiveOptions } from '../crossing/handle.js';
import { heldUntil, holding, type Held } from './held.js';
import { checkAcquire, REFUSED_AS, type AcquireOptions } from './lockOptions.js';
import { identify, probe, raw } from '../recording.js';
import { deadlineOf, recordedTimeout, remaining } from '../waiting/timeout.js';
import { GRANTED, newLineMemory, WaitLine, type Place } from '../waiting/waitLine.js';

/** `STATE`: how many read, or {@link WRITTEN}; plus {@link AWAITED} when somebody is in the line. */
const WORD = { STATE: 0, OBJECT: 1 } as const;
const WORDS = 2;

const WRITTEN = 1 << 29;
const AWAITED = 1 << 30;
const HOLDERS = AWAITED - 1;

/** The two kinds of waiters, and how each is recorded. */
const READ = 0;
const WRITE = 1;
type Kind = typeof READ | typeof WRITE;
const modes = {
  [READ]: { endless: LOCK_MODES.indexOf('shared'), bounded: LOCK_MODES.indexOf('boundedShared') },
  [WRITE]: { endless: LOCK_MODES.indexOf('exclusive'), bounded: LOCK_MODES.indexOf('bounded') },
} as const;

/**
 * Any number of readers, or one writer. Whoever waits is served in the order of coming, readers that stand together at
 * once: neither readers nor writers starve. Not re-entrant: a reader that asks to read again waits behind a writer that
 * waits for it. Any thread may release.
 * Python has none; it is the `ReadWriteLock` of Java.
 *
 * @example
 * const lock = new RWLock();
 * lock.withRead(() => { … });
 * lock.withWrite(() => { … });
 */
export class RWLock extends Primitive {
  readonly #cells: Int32Array;
  readonly #line: WaitLine;
  readonly #object: number;

  constructor(options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(options: PrimitiveOptions | Handle = {}) {
    super(handleOf('rwlock', options, newLineMemory));
    const { memory } = this.threadlanes;
    this.#cells = new Int32Array(memory, 0, WORDS);
    this.#line = new WaitLine(memory, this.threadlanes);
    this.#object = identify(this.#cells, WORD.OBJECT, { kind: 'rwlock', name: this.name });
  }

  /** The lock behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): RWLock {
    return handle instanceof RWLock ? handle : new RWLock(checkHandle(handle, 'rwlock'));
  }

  /**
   * Takes it for reading, together with others, waiting as long as the options say (milliseconds). True when the caller now
   * holds it. Throws a RangeError for a negative timeout.
   */
  acquireRead(options?: AcquireOptions): boolean {
    return this.#acquire(READ, options);
  }

  /** {@link acquireRead} without blocking the thread. The process stays alive until it is settled. */
  async acquireReadAsync(options?: AcquireOptions): Promise<boolean> {
    return this.#acquireAsync(READ, options);
  }

  /**
   * Takes it for writing, alone, waiting as long as the options say (milliseconds). True when the caller now holds it.
   * Throws a RangeError for a negative timeout.
   */
  acquireWrite(options?: AcquireOptions): boolean {
    return this.#acquire(WRITE, options);
  }

  /** {@link acquireWrite} without blocking the thread. The process stays alive until it is settled. */
  async acquireWriteAsync(options?: AcquireOptions): Promise<boolean> {
    return this.#acquireAsync(WRITE, options);
  }

  /** Ends one acquireRead. Throws when nobody reads. */
  releaseRead(): void {
    this.#release(READ);
  }

  /** Ends an acquireWrite. Throws when nobody writes. */
  releaseWrite(): void {
    this.#release(WRITE);
  }

  /** Whether anybody reads or writes at this moment. */
  locked(): boolean {
    return this.#holders() !== 0;
  }

  /** Blocks until it may read, and gives what releases it: `using held = lock.holdRead();`. */
  holdRead(): Held {
    this.acquireRead();
    return heldUntil(() => this.releaseRead());
  }

  /** {@link holdRead} without blocking the thread. */
  async holdReadAsync(): Promise<Held> {
    await this.acquireReadAsync();
    return heldUntil(() => this.releaseRead());
  }

  /** Blocks until it may write, and gives what releases it: `using held = lock.holdWrite();`. */
  holdWrite(): Held {
    this.acquireWrite();
    return heldUntil(() => this.releaseWrite());
  }

  /** {@link holdWrite} without blocking the thread. */
  async holdWriteAsync(): Promise<Held> {
    await this.acquireWriteAsync();
    return heldUntil(() => this.releaseWrite());
  }

  /** Calls `body` with the lock held for reading, until what it returns has settled, and gives that. */
  withRead<T>(body: () => T): T {
    return holding(this.holdRead(), body);
  }

  /** {@link withRead} that waits for the lock without blocking the thread. */
  async withReadAsync<T>(body: () => T | Promise<T>): Promise<T> {
    return holding(await this.holdReadAsync(), body);
  }

  /** Calls `body` with the lock held for writing, until what it returns has settled, and gives that. */
  withWrite<T>(body: () => T): T {
    return holding(this.holdWrite(), body);
  }

  /** {@link withWrite} that waits for the lock without blocking the thread. */
  async withWriteAsync<T>(body: () => T | Promise<T>): Promise<T> {
    return holding(await this.holdWriteAsync(), body);
  }

  #acquire(kind: Kind, options: AcquireOptions | undefined): boolean {
    const timeout = checkAcquire(options, this.threadlanes);
    if (this.#takeNow(kind)) return this.#acquired(kind, timeout);
    if (timeout === undefined) return this.#refused(REFUSED_AS.busy);
    if (probe !== undefined) {
      probe.record(OP['lock.acquire'], this.#object, modes[kind].endless, recordedTimeout(timeout));
    }
    const place = this.#queue(kind);
    if (place === undefined) return this.#acquired(kind, Infinity);
    const deadline = deadlineOf(timeout);
    do {
      this.#line.sleep(place, deadline);
      if (this.#take(kind, place) === true) return this.#acquired(kind, Infinity);
    } while (remaining(deadline) > 0);
    return this.#quit(place) ? this.#acquired(kind, Infinity) : this.#refused(REFUSED_AS.timeout);
  }

  #acquireAsync(kind: Kind, options: AcquireOptions | undefined): boolean | Promise<boolean> {
    const timeout = checkAcquire(options, this.threadlanes);
    if (this.#takeNow(kind)) return this.#acquired(kind, timeout);
    if (timeout === undefined) return this.#refused(REFUSED_AS.busy);
    const place = this.#queue(kind);
    if (place === undefined) return this.#acquired(kind, timeout);
    return this.#line.asyncLine(place).wait<boolean>({
      op: 'lock.acquire',
      object: this.#object,
      timeout,
      attempt: (end) => {
        if (this.#take(kind, place) === undefined) return undefined;
        end();
        return this.#acquired(kind, Infinity);
      },
      expire: () => (this.#quit(place) ? this.#acquired(kind, Infinity) : this.#refused(REFUSED_AS.timeout)),
    });
  }

  #holders(): number {
    return raw.load(this.#cells, WORD.STATE) & HOLDERS;
  }

  /** Only when nobody waits: no overtaking. */
  #takeNow(kind: Kind): boolean {
    for (;;) {
      const seen = raw.load(this.#cells, WORD.STATE);
      if (kind === READ ? seen >= WRITTEN : seen !== 0) return false;
      const taken = kind === READ ? seen + 1 : WRITTEN;
      if (raw.compareExchange(this.#cells, WORD.STATE, seen, taken) === seen) return true;
    }
  }

  /** True when the lock is the caller's, undefined when it has to go on waiting. */
  #take(kind: Kind, place: Place): true | undefined {
    const line = this.#line;
    if (!line.isAnswered(place)) this.#rescue();
    if (line.isPassedOver(place)) return this.#queue(kind, place) === undefined ? true : undefined;
    return line.isAnswered(place) && this.#quit(place) ? true : undefined;
  }

  /**
   * Takes a place in the line; undefined: the lock is the caller's already.
   * @param again the place that was passed over
   */
  #queue(kind: Kind, again?: Place): Place | undefined {
    const line = this.#line;
    line.enter();
    try {
      for (;;) {
        if (this.#takeNow(kind)) {
          if (again !== undefined) line.quit(again);
          return undefined;
        }
        const seen = raw.load(this.#cells, WORD.STATE);
        if ((seen & HOLDERS) === 0 && seen < AWAITED) continue;
        const awaited = seen | AWAITED;
        if (raw.compareExchange(this.#cells, WORD.STATE, seen, awaited) === seen) {
          return again === undefined ? line.join(kind) : line.rejoin(again);
        }
      }
    } finally {
      line.leave();
    }
  }

  /** True when the place was granted. If not, those behind it may be able to go on. */
  #quit(place: Place): boolean {
    const line = this.#line;
    line.enter();
    const isMine = line.quit(place) === GRANTED;
    // One that was passed over is in no line, and the state need not be marked.
    const isAwaited = raw.load(this.#cells, WORD.STATE) >= AWAITED;
    const next = isMine || !isAwaited ? [] : this.#admit(this.#holders());
    line.leave();
    line.wake(next);
    return isMine;
  }

  #release(kind: Kind): void {
    this.#checkHeld(raw.load(this.#cells, WORD.STATE), kind);
    if (probe !== undefined) probe.record(OP['lock.release'], this.#object, 0);
    if (this.#giveBack(kind)) return;
    const line = this.#line;
    let next: Place[] = [];
    line.enter();
    try {
      // Whoever waited may have given up. Here nobody begins to.
      if (!this.#giveBack(kind)) next = this.#admit(this.#holders() - (kind === READ ? 1 : WRITTEN));
    } finally {
      line.leave();
    }
    line.wake(next);
  }

  /** False when somebody waits for it. */
  #giveBack(kind: Kind): boolean {
    const held = kind === READ ? 1 : WRITTEN;
    for (;;) {
      const seen = raw.load(this.#cells, WORD.STATE);
      this.#checkHeld(seen, kind);
      if (seen >= AWAITED) return false;
      if (raw.compareExchange(this.#cells, WORD.STATE, seen, seen - held) === seen) return true;
    }
  }

  /** What was granted and not taken goes to those behind. */
  #rescue(): void {
    const line = this.#line;
    let next: Place[] = [];
    line.enter();
    if (raw.load(this.#cells, WORD.STATE) >= AWAITED) {
      let holders = this.#holders();
      for (const { kind } of line.passOver()) holders -= kind === READ ? 1 : WRITTEN;
      next = this.#admit(holders);
    }
    line.leave();
    line.wake(next);
  }

  /**
   * Grants the lock to whoever is first in the line and can have it, and to readers behind a reader. Called inside the line
   * while the state is marked as awaited: then no other thread changes it.
   * @param holders who holds it now
   */
  #admit(holders: number): Place[] {
    const waiting = this.#line.waiting();
    const admitted: Place[] = [];
    let now = holders;
    for (const place of waiting) {
      if (place.kind === READ ? now === WRITTEN : now !== 0) break;
      now = place.kind === READ ? now + 1 : WRITTEN;
      admitted.push(place);
    }
    // Before the answers: a thread that is woken may release at once.
    raw.store(this.#cells, WORD.STATE, now | (admitted.length < waiting.length ? AWAITED : 0));
    for (const place of admitted) this.#line.answer(place, GRANTED);
    return admitted;
  }

  #acquired(kind: Kind, timeout: number | undefined): true {
    const { endless, bounded } = modes[kind];
    if (probe !== undefined) {
      probe.record(OP['lock.acquired'], this.#object, 1, timeout === Infinity ? endless : bounded);
    }
    return true;
  }

  #refused(reason: number): false {
    if (probe !== undefined) probe.record(OP['lock.refused'], this.#object, reason);
    return false;
  }

  #checkHeld(state: number, kind: Kind): void {
    const holders = state & HOLDERS;
    if (kind === READ ? holders > 0 && holders < WRITTEN : holders === WRITTEN) return;
    const [what, how] = kind === READ ? ['releaseRead', 'reading'] : ['releaseWrite', 'writing'];
    throw new Error(`${describe(this.threadlanes)}: ${what} of a lock that nobody holds for ${how}`);
  }
}
