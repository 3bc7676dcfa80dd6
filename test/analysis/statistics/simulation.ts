/**
 * Runs of small programs, simulated: threads that main starts and joins take turns on locks, and hand items to each other.
 * Who ended whose wait is known here, so that the critical path can be walked back in the simplest way.
 */
import fc from 'fast-check';
import { EventColumns } from '../../../src/trace/eventBatch.js';
import { NO_TIMEOUT, OP, type SingleOpName } from '../../../src/trace/ops.js';

type Op =
  | { readonly kind: 'run'; readonly ns: number }
  | { readonly kind: 'start' | 'join' | 'lock' | 'unlock' | 'put' | 'get'; readonly of: number };

/** By thread; main is the first. */
export type Program = readonly (readonly Op[])[];

interface Ended {
  readonly since: number;
  readonly until: number;
  readonly by: number;
  readonly at: number;
}

/** A stretch of the path: who, from when to when. */
export type Stretch = readonly [thread: number, from: number, to: number];

export const QUEUE = 100;
const LATENCY = 3;

const shortRun = fc.integer({ min: 1, max: 400 }).map((ns): Op => ({ kind: 'run', ns }));
const locked = fc
  .tuple(fc.integer({ min: 1, max: 3 }), shortRun)
  .map(([of, run]): Op[] => [{ kind: 'lock', of }, run, { kind: 'unlock', of }]);
const worker = fc
  .array(
    fc.oneof(
      shortRun.map((run) => [run]),
      locked,
    ),
    { minLength: 1, maxLength: 25 },
  )
  .map((parts) => parts.flat());

/** The first worker puts what all others get. */
export const program: fc.Arbitrary<Program> = fc
  .tuple(fc.array(worker, { minLength: 2, maxLength: 5 }), fc.array(fc.nat(1000), { maxLength: 20 }))
  .map(([workers, items]) => {
    const [producer = [], ...consumers] = workers.map((ops) => [...ops]);
    for (const place of items) {
      insert(producer, place, { kind: 'put', of: QUEUE });
      insert(consumers[place % consumers.length] ?? [], place * 7, { kind: 'get', of: QUEUE });
    }
    const ids = workers.map((_, i) => i + 1);
    const main = [
      ...ids.flatMap((of): Op[] => [
        { kind: 'run', ns: 20 },
        { kind: 'start', of },
      ]),
      ...ids.map((of): Op => ({ kind: 'join', of })),
    ];
    return [main, producer, ...consumers];
  });

/** Anywhere but while a lock is held: nobody gets stuck. */
function insert(ops: Op[], place: number, op: Op): void {
  const free = [...ops.keys(), ops.length].filter((i) => ops[i - 1]?.kind !== 'lock' && ops[i]?.kind !== 'unlock');
  ops.splice(free[place % free.length] ?? 0, 0, op);
}

class SimulatedThread {
  t = Infinity;
  next = 0;
  /** What it tells once it goes on. */
  outcome: (() => void) | null = null;
  isOver = false;
  readonly waits: Ended[] = [];

  constructor(
    readonly id: number,
    readonly ops: readonly Op[],
  ) {}
}

export class Simulation {
  readonly events = new EventColumns();
  now = 0;
  private readonly threads: readonly SimulatedThread[];
  private readonly owners = new Map<number, number>();
  private readonly waiting = new Map<string, { thread: SimulatedThread; since: number; outcome: () => void }[]>();
  private readonly items: number[] = [];
  private nextItem = 0;

  constructor(program: Program) {
    this.threads = program.map((ops, id) => new SimulatedThread(id, ops));
    (this.threads[0] as SimulatedThread).t = 0;
    for (;;) {
      const ready = this.threads.filter(({ t, isOver }) => t < Infinity && !isOver).sort((a, b) => a.t - b.t)[0];
      if (ready === undefined) return;
      this.step(ready);
    }
  }

  /** From the end back, in the order of time. */
  path(): Stretch[] {
    const stretches: Stretch[] = [];
    let thread = 0;
    let t = this.now;
    for (;;) {
      const wait = this.threads[thread]?.waits.filter(({ until }) => until <= t).at(-1);
      stretches.unshift([thread, wait?.until ?? 0, t]);
      if (wait === undefined) return stretches.filter(([, from, to]) => to > from);
      stretches.unshift([thread, wait.at, wait.until]);
      thread = wait.by;
      t = wait.at;
    }
  }

  private step(thread: SimulatedThread): void {
    const { outcome } = thread;
    thread.outcome = null;
    if (outcome !== null) return outcome();
    const op = thread.ops[thread.next++];
    if (op === undefined) return this.end(thread);
    if (op.kind === 'run') thread.t += op.ns;
    else this[op.kind](thread, op.of);
  }

  private tell(thread: SimulatedThread, name: SingleOpName, object: number, arg = NaN, extra = 0): number {
    this.now = thread.t = Math.max(thread.t, this.now + 1);
    this.events.push(this.now, thread.id, OP[name], object, -1, false, arg, extra);
    return this.now;
  }

  private block(
    key: string,
    thread: SimulatedThread,
    attempt: SingleOpName,
    object: number,
    outcome: () => void,
  ): void {
    const since = this.tell(thread, attempt, object, NaN, NO_TIMEOUT);
    thread.t = Infinity;
    this.waiting.set(key, [...(this.waiting.get(key) ?? []), { thread, since, outcome }]);
  }

  /** The first that waits goes on a little later; false: nobody waits. */
  private wake(key: string, by: number, at: number): SimulatedThread | undefined {
    const [first, ...rest] = this.waiting.get(key) ?? [];
    this.waiting.set(key, rest);
    if (first === undefined) return undefined;
    const { thread, since } = first;
    thread.t = at + LATENCY;
    thread.outcome = () => {
      first.outcome();
      thread.waits.push({ since, until: thread.t, by, at });
    };
    return thread;
  }

  private start(thread: SimulatedThread, of: number): void {
    const child = this.threads[of] as SimulatedThread;
    const at = this.tell(thread, 'thread.start', of);
    child.t = at + LATENCY;
    child.outcome = () => {
      this.tell(child, 'thread.begin', of);
      child.waits.push({ since: at, until: child.t, by: thread.id, at });
    };
  }

  private join(thread: SimulatedThread, of: number): void {
    const joined = (): unknown => this.tell(thread, 'thread.joined', of);
    if (this.threads[of]?.isOver === true) joined();
    else this.block(`end ${of}`, thread, 'thread.join', of, joined);
  }

  private end(thread: SimulatedThread): void {
    const at = this.tell(thread, 'thread.end', thread.id);
    thread.isOver = true;
    this.wake(`end ${thread.id}`, thread.id, at);
  }

  private lock(thread: SimulatedThread, of: number): void {
    const acquired = (): unknown => this.tell(thread, 'lock.acquired', of, 1);
    if (this.owners.has(of)) return this.block(`lock ${of}`, thread, 'lock.acquire', of, acquired);
    this.owners.set(of, thread.id);
    acquired();
  }

  private unlock(thread: SimulatedThread, of: number): void {
    const next = this.wake(`lock ${of}`, thread.id, this.tell(thread, 'lock.release', of, 0));
    if (next === undefined) this.owners.delete(of);
    else this.owners.set(of, next.id);
  }

  private put(thread: SimulatedThread, of: number): void {
    const item = this.nextItem++;
    this.items.push(item);
    const at = this.tell(thread, 'queue.putDone', of, item);
    if (this.wake(`queue ${of}`, thread.id, at) !== undefined) this.items.pop();
  }

  private get(thread: SimulatedThread, of: number): void {
    const item = this.items.shift();
    if (item !== undefined) return void this.tell(thread, 'queue.getDone', of, item);
    // It gets what is put next.
    const waiting = (this.waiting.get(`queue ${of}`) ?? []).length;
    const own = this.nextItem + waiting;
    this.block(`queue ${of}`, thread, 'queue.get', of, () => this.tell(thread, 'queue.getDone', of, own));
  }
}
