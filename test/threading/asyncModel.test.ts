/** Sequences of operations against a plain model of each primitive: what is done at once, what waits, who is next. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadLibrary, type Library } from './library.js';

/** A call that is under way, as the model numbers it. */
type Ticket = number;

/** What the model says of a call: a value, an error, or that it is pending. */
type Said = { readonly value: unknown } | { readonly error: string } | 'pending';

/** A plain model: says what each operation does, and which pending ones it settles. */
interface Plain {
  call(operation: Operation, ticket: Ticket): Said;
  /** What has become of pending calls since it was asked last. */
  readonly settled: Map<Ticket, unknown>;
}

interface Operation {
  readonly name: string;
  readonly n: number;
}

type Real = Readonly<Record<string, (n: number) => unknown>>;

class Shelf implements Pick<Plain, 'settled'> {
  readonly settled = new Map<Ticket, unknown>();
}

class LockModel extends Shelf implements Plain {
  isHeld = false;
  readonly waiting: Ticket[] = [];

  call({ name }: Operation, ticket: Ticket): Said {
    if (name === 'locked') return { value: this.isHeld };
    if (name === 'release') {
      if (!this.isHeld) return { error: 'Error' };
      this.release();
      return { value: undefined };
    }
    if (!this.isHeld) {
      this.isHeld = true;
      return { value: true };
    }
    if (name === 'tryAcquire') return { value: false };
    this.waiting.push(ticket);
    return 'pending';
  }

  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.isHeld = false;
    else this.settled.set(next, true);
  }
}

class SemaphoreModel extends Shelf implements Plain {
  readonly waiting: Ticket[] = [];

  constructor(
    public permits: number,
    readonly most: number,
  ) {
    super();
  }

  call({ name, n }: Operation, ticket: Ticket): Said {
    if (name === 'value') return { value: this.permits };
    if (name === 'release') {
      if (this.permits + n > this.most) return { error: 'RangeError' };
      this.permits += n;
      for (; this.permits > 0 && this.waiting.length > 0; this.permits--) {
        this.settled.set(this.waiting.shift() as Ticket, true);
      }
      return { value: undefined };
    }
    if (this.permits > 0) {
      this.permits -= 1;
      return { value: true };
    }
    if (name === 'tryAcquire') return { value: false };
    this.waiting.push(ticket);
    return 'pending';
  }
}

class EventModel extends Shelf implements Plain {
  isSet = false;
  waiting: Ticket[] = [];

  call({ name }: Operation, ticket: Ticket): Said {
    if (name === 'isSet') return { value: this.isSet };
    if (name === 'wait') {
      if (this.isSet) return { value: true };
      this.waiting.push(ticket);
      return 'pending';
    }
    this.isSet = name === 'set';
    if (this.isSet) for (const one of this.waiting.splice(0)) this.settled.set(one, true);
    return { value: undefined };
  }
}

class BarrierModel extends Shelf implements Plain {
  isBroken = false;
  waiting: Ticket[] = [];

  constructor(readonly parties: number) {
    super();
  }

  call({ name }: Operation, ticket: Ticket): Said {
    if (name === 'nWaiting') return { value: this.waiting.length };
    if (name === 'broken') return { value: this.isBroken };
    if (name === 'wait') {
      if (this.isBroken) return { error: 'BrokenBarrierError' };
      if (this.waiting.length + 1 < this.parties) {
        this.waiting.push(ticket);
        return 'pending';
      }
      this.waiting.splice(0).forEach((one, index) => this.settled.set(one, index));
      return { value: this.parties - 1 };
    }
    this.isBroken = name === 'abort';
    for (const one of this.waiting.splice(0)) this.settled.set(one, 'BrokenBarrierError');
    return { value: undefined };
  }
}

class RWLockModel extends Shelf implements Plain {
  readers = 0;
  isWritten = false;
  readonly waiting: { readonly ticket: Ticket; readonly isWrite: boolean }[] = [];

  call({ name }: Operation, ticket: Ticket): Said {
    if (name === 'locked') return { value: this.readers > 0 || this.isWritten };
    if (name === 'releaseRead' || name === 'releaseWrite') {
      const isWrite = name === 'releaseWrite';
      if (isWrite ? !this.isWritten : this.readers === 0) return { error: 'Error' };
      if (isWrite) this.isWritten = false;
      else this.readers -= 1;
      this.admit();
      return { value: undefined };
    }
    const isWrite = name.endsWith('Write');
    if (this.waiting.length === 0 && this.isFree(isWrite)) {
      this.take(isWrite);
      return { value: true };
    }
    if (name.startsWith('try')) return { value: false };
    this.waiting.push({ ticket, isWrite });
    return 'pending';
  }

  private isFree(isWrite: boolean): boolean {
    return !this.isWritten && (!isWrite || this.readers === 0);
  }

  private take(isWrite: boolean): void {
    if (isWrite) this.isWritten = true;
    else this.readers += 1;
  }

  private admit(): void {
    for (let [first] = this.waiting; first !== undefined && this.isFree(first.isWrite); [first] = this.waiting) {
      this.take(first.isWrite);
      this.settled.set(first.ticket, true);
      this.waiting.shift();
    }
  }
}

class ConditionModel extends Shelf implements Plain {
  private readonly lock = new LockModel();
  private readonly waiting: Ticket[] = [];

  call(operation: Operation, ticket: Ticket): Said {
    const { name, n } = operation;
    if (['acquire', 'tryAcquire', 'release', 'locked'].includes(name))
      return this.passOn(this.lock.call(operation, ticket));
    if (!this.lock.isHeld) return { error: 'Error' };
    if (name === 'wait') {
      this.waiting.push(ticket);
      this.lock.release();
      return this.passOn('pending');
    }
    // Those who are woken want the lock, which is held.
    this.lock.waiting.push(...this.waiting.splice(0, name === 'notifyAll' ? Infinity : n));
    return { value: undefined };
  }

  private passOn(said: Said): Said {
    for (const [ticket, value] of this.lock.settled) this.settled.set(ticket, value);
    this.lock.settled.clear();
    return said;
  }
}

/** Lets wake-ups come through the event loop. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
const TURNS = 500;

/** Runs operations on both, and compares after each what is done and what is pending. */
async function compare(plain: Plain, real: Real, operations: readonly Operation[]): Promise<void> {
  const pending = new Set<Ticket>();
  const done = new Map<Ticket, unknown>();
  for (const [ticket, operation] of operations.entries()) {
    const said = plain.call(operation, ticket);
    let result: Said;
    try {
      const value = (real[operation.name] as (n: number) => unknown)(operation.n);
      result = value instanceof Promise ? await outcomeOf(value, said, ticket, done) : { value };
    } catch (error) {
      result = { error: (error as Error).name };
    }
    assert.deepEqual(result, said, `${operation.name} as operation ${ticket}`);
    if (said === 'pending') pending.add(ticket);
    for (const due of plain.settled.keys()) for (let i = 0; !done.has(due) && i < TURNS; i++) await turn();
    await turn();
    assert.deepEqual(new Map([...done].sort()), new Map([...plain.settled].sort()), `after operation ${ticket}`);
    for (const ticket of plain.settled.keys()) pending.delete(ticket);
    plain.settled.clear();
    done.clear();
  }
  await settleAll(real, pending, done);
}

/** What still waits would keep the process of the tests alive. */
async function settleAll(real: Real, pending: Set<Ticket>, done: ReadonlyMap<Ticket, unknown>): Promise<void> {
  for (let i = 0; i < TURNS && pending.size > 0; i++) {
    for (const name of ['tryAcquire', 'notifyAll', 'set', 'abort', 'releaseWrite', 'releaseRead', 'release']) {
      try {
        real[name]?.(1);
      } catch {
        // Nobody holds it.
      }
    }
    await turn();
    for (const ticket of done.keys()) pending.delete(ticket);
  }
  assert.equal(pending.size, 0, 'still waiting after everything was given back');
}

/** A promise that shall be settled is waited for; one that shall be pending must be after some turns. */
async function outcomeOf(
  promise: Promise<unknown>,
  said: Said,
  ticket: Ticket,
  done: Map<Ticket, unknown>,
): Promise<Said> {
  const settled = promise.then(
    (value): Said => ({ value }),
    (error: unknown): Said => ({ error: (error as Error).name }),
  );
  if (said !== 'pending') return settled;
  const first = await Promise.race([settled, turn().then((): Said => 'pending')]);
  if (first !== 'pending') return first;
  void settled.then((result) =>
    done.set(
      ticket,
      typeof result === 'object' && 'value' in result ? result.value : (result as { error: string }).error,
    ),
  );
  return 'pending';
}

describe('primitives against plain models', () => {
  let lib: Library;

  before(() => {
    lib = loadLibrary();
  });

  const operationsOf = (names: readonly string[]): fc.Arbitrary<Operation[]> =>
    fc.array(fc.record({ name: fc.constantFrom(...names), n: fc.integer({ min: 1, max: 3 }) }), { maxLength: 25 });

  const agrees = (names: readonly string[], make: () => { plain: Plain; real: Real }): Promise<void> =>
    fc.assert(
      fc.asyncProperty(operationsOf(names), async (operations) => {
        const { plain, real } = make();
        await compare(plain, real, operations);
      }),
      { numRuns: 60 },
    );

  const lockOperations = ['acquire', 'acquire', 'tryAcquire', 'release', 'release', 'locked'];
  const lockReal = (lock: InstanceType<Library['Lock']>): Real => ({
    acquire: () => lock.acquireAsync(),
    tryAcquire: () => lock.acquire({ blocking: false }),
    release: () => lock.release(),
    locked: () => lock.locked(),
  });

  for (const fair of [false, true]) {
    it(fair ? 'fair Lock' : 'Lock', () =>
      agrees(lockOperations, () => ({ plain: new LockModel(), real: lockReal(new lib.Lock({ fair })) })),
    );
  }

  for (const kind of ['Semaphore', 'BoundedSemaphore'] as const) {
    it(kind, () =>
      agrees(['acquire', 'acquire', 'acquire', 'tryAcquire', 'release', 'value'], () => {
        const semaphore = new lib[kind](2);
        return {
          plain: new SemaphoreModel(2, kind === 'Semaphore' ? Infinity : 2),
          real: {
            acquire: () => semaphore.acquireAsync(),
            tryAcquire: () => semaphore.acquire({ blocking: false }),
            release: (n) => semaphore.release(n),
            value: () => semaphore.value,
          },
        };
      }),
    );
  }

  it('Event', () =>
    agrees(['wait', 'wait', 'set', 'clear', 'isSet'], () => {
      const event = new lib.Event();
      return {
        plain: new EventModel(),
        real: {
          wait: () => event.waitAsync(),
          set: () => event.set(),
          clear: () => event.clear(),
          isSet: () => event.isSet(),
        },
      };
    }));

  it('Barrier', () =>
    agrees(['wait', 'wait', 'wait', 'wait', 'abort', 'reset', 'nWaiting', 'broken'], () => {
      const barrier = new lib.Barrier(3);
      return {
        plain: new BarrierModel(3),
        real: {
          wait: () => barrier.waitAsync(),
          abort: () => barrier.abort(),
          reset: () => barrier.reset(),
          nWaiting: () => barrier.nWaiting,
          broken: () => barrier.broken,
        },
      };
    }));

  it('RWLock', () =>
    agrees(
      [
        'acquireRead',
        'acquireRead',
        'acquireWrite',
        'tryRead',
        'tryWrite',
        'releaseRead',
        'releaseRead',
        'releaseWrite',
        'locked',
      ],
      () => {
        const lock = new lib.RWLock();
        return {
          plain: new RWLockModel(),
          real: {
            acquireRead: () => lock.acquireReadAsync(),
            acquireWrite: () => lock.acquireWriteAsync(),
            tryRead: () => lock.acquireRead({ blocking: false }),
            tryWrite: () => lock.acquireWrite({ blocking: false }),
            releaseRead: () => lock.releaseRead(),
            releaseWrite: () => lock.releaseWrite(),
            locked: () => lock.locked(),
          },
        };
      },
    ));

  for (const fair of [false, true]) {
    it(`Condition over a ${fair ? 'fair ' : ''}Lock`, () =>
      agrees([...lockOperations, 'wait', 'wait', 'wait', 'notify', 'notifyAll'], () => {
        const lock = new lib.Lock({ fair });
        const condition = new lib.Condition({ lock });
        return {
          plain: new ConditionModel(),
          real: {
            ...lockReal(lock),
            wait: () => condition.waitAsync(),
            notify: (n) => condition.notify(n),
            notifyAll: () => condition.notifyAll(),
          },
        };
      }));
  }
});
