/** Random small programs of locks, and what they do step by step. */
import type { Random } from './random.js';

export type Op =
  | {
      readonly kind: 'lock';
      readonly lock: number;
      readonly mode: 'plain' | 'try' | 'timed' | 'read';
      readonly past: number;
    }
  | { readonly kind: 'unlock'; readonly lock: number }
  | { readonly kind: 'set' | 'wait'; readonly event: number }
  | { readonly kind: 'start' | 'join'; readonly thread: number };

/** A thread's operations; `past` of a lock is where it goes on when it does not get it. */
export type LockProgram = readonly (readonly Op[])[];

/** Where everybody is. */
export interface ProgramState {
  readonly at: readonly number[];
  readonly isStarted: readonly boolean[];
  /** By lock: who has it alone, or -1. */
  readonly owner: readonly number[];
  readonly readers: readonly (readonly number[])[];
  readonly isSet: readonly boolean[];
}

export interface Shape {
  readonly locks: number;
  /** Starts, joins and events between the threads, tries and timeouts, readers. */
  readonly isMixed: boolean;
}

/** Threads take locks one in another, now and then one after the other. */
export function randomProgram(random: Random, { locks, isMixed }: Shape): LockProgram {
  const threads = 2 + random.below(2);
  const program = Array.from({ length: threads }, (): Op[] => []);
  for (const ops of program) {
    for (let blocks = 1 + random.below(2); blocks > 0; blocks--) block(random, ops, [], locks, isMixed);
  }
  if (!isMixed) return program;
  const [main, second] = program as [Op[], Op[]];
  // What the first thread does before it starts the second, or after it has joined it, cannot meet it.
  if (random.once(2)) main.splice(gapIn(random, main), 0, { kind: 'start', thread: 1 });
  if (random.once(3)) main.splice(gapIn(random, main), 0, { kind: 'join', thread: 1 });
  if (random.once(2)) {
    const [from, to] = random.once(2) ? [main, second] : [second, main];
    from.splice(gapIn(random, from), 0, { kind: 'set', event: 0 });
    to.splice(gapIn(random, to), 0, { kind: 'wait', event: 0 });
  }
  return program.map(withPast);
}

/** Outside of all locks, so that nothing but locks can be in a circle. */
function gapIn(random: Random, ops: readonly Op[]): number {
  const gaps = [0];
  let depth = 0;
  for (const [index, { kind }] of ops.entries()) {
    depth += kind === 'lock' ? 1 : kind === 'unlock' ? -1 : 0;
    if (depth === 0) gaps.push(index + 1);
  }
  return random.one(gaps);
}

function block(random: Random, ops: Op[], held: readonly number[], locks: number, isMixed: boolean): void {
  const free = Array.from({ length: locks }, (_, lock) => lock).filter((lock) => !held.includes(lock));
  if (free.length === 0) return;
  const lock = random.one(free);
  const mode = isMixed && random.once(3) ? random.one(['try', 'timed', 'read'] as const) : 'plain';
  const index = ops.length;
  ops.push({ kind: 'lock', lock, mode, past: index });
  for (let inner = held.length === 0 ? 1 : random.below(3); inner > 0; inner--) {
    if (ops.length < 12 && held.length < 2) block(random, ops, [...held, lock], locks, isMixed);
  }
  ops.push({ kind: 'unlock', lock });
}

/** Where each block ends. */
export function withPast(ops: readonly Op[]): Op[] {
  return ops.map((op, index) => {
    if (op.kind !== 'lock') return op;
    const end = ops.findIndex((other, at) => at > index && other.kind === 'unlock' && other.lock === op.lock);
    return { ...op, past: end + 1 };
  });
}

export function startOf(program: LockProgram): ProgramState {
  const starts = program.flat().flatMap((op) => (op.kind === 'start' ? op.thread : []));
  const locks = 1 + Math.max(...program.flat().map((op) => (op.kind === 'lock' ? op.lock : 0)));
  return {
    at: program.map(() => 0),
    isStarted: program.map((_, thread) => !starts.includes(thread)),
    owner: Array.from({ length: locks }, () => -1),
    readers: Array.from({ length: locks }, () => []),
    isSet: [false],
  };
}

/** The operation that a thread is at; undefined: it is over, or not started. */
export function nextOp(program: LockProgram, { at, isStarted }: ProgramState, thread: number): Op | undefined {
  return isStarted[thread] === true ? program[thread]?.[at[thread] as number] : undefined;
}

/** Whom a thread waits for before it can have the lock. */
export function keepersOf({ owner, readers }: ProgramState, lock: number, mode: string): readonly number[] {
  const alone = owner[lock] as number;
  if (alone >= 0) return [alone];
  return mode === 'read' ? [] : (readers[lock] as readonly number[]);
}

/** What stands after the thread's operation; null when it has to wait. `gaveUp`: it did not get its lock. */
export function step(
  program: LockProgram,
  state: ProgramState,
  thread: number,
): { readonly after: ProgramState; readonly gaveUp: boolean } | null {
  const op = nextOp(program, state, thread);
  if (op === undefined) return null;
  const on = (to = (state.at[thread] as number) + 1): ProgramState => ({ ...state, at: put(state.at, thread, to) });
  const done = (after: ProgramState): { after: ProgramState; gaveUp: boolean } => ({ after, gaveUp: false });
  switch (op.kind) {
    case 'lock': {
      if (keepersOf(state, op.lock, op.mode).length > 0) {
        return op.mode === 'try' || op.mode === 'timed' ? { after: on(op.past), gaveUp: true } : null;
      }
      const readers = state.readers[op.lock] as readonly number[];
      if (op.mode === 'read') return done({ ...on(), readers: put(state.readers, op.lock, [...readers, thread]) });
      return done({ ...on(), owner: put(state.owner, op.lock, thread) });
    }
    case 'unlock': {
      const readers = (state.readers[op.lock] as readonly number[]).filter((one) => one !== thread);
      const owner = state.owner[op.lock] === thread ? -1 : (state.owner[op.lock] as number);
      return done({ ...on(), readers: put(state.readers, op.lock, readers), owner: put(state.owner, op.lock, owner) });
    }
    case 'set':
      return done({ ...on(), isSet: put(state.isSet, op.event, true) });
    case 'wait':
      return state.isSet[op.event] === true ? done(on()) : null;
    case 'start':
      return done({ ...on(), isStarted: put(state.isStarted, op.thread, true) });
    case 'join': {
      const isOver = state.isStarted[op.thread] === true && nextOp(program, state, op.thread) === undefined;
      return isOver ? done(on()) : null;
    }
  }
}

function put<T>(list: readonly T[], at: number, value: T): readonly T[] {
  const changed = [...list];
  changed[at] = value;
  return changed;
}
