/** Every schedule of a small program: the circles of locks in which it can get stuck. */
import { keepersOf, nextOp, startOf, step, type LockProgram, type ProgramState } from './lockProgram.js';

/** `0>1 1>0`: which thread waits for which lock, by thread. */
export type Circle = string;

export function circlesOf(program: LockProgram): Set<Circle> {
  const found = new Set<Circle>();
  const seen = new Set<string>();
  const queue = [startOf(program)];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const circle of circlesIn(program, state)) found.add(circle);
    for (const thread of program.keys()) {
      const next = step(program, state, thread);
      if (next !== null) queue.push(next.after);
    }
  }
  return found;
}

/** Threads that wait for each other for locks, without end. */
function circlesIn(program: LockProgram, state: ProgramState): Circle[] {
  const waits = [...program.keys()].map((thread) => {
    const op = nextOp(program, state, thread);
    const isWait = op?.kind === 'lock' && (op.mode === 'plain' || op.mode === 'read');
    return isWait ? { lock: op.lock, keepers: keepersOf(state, op.lock, op.mode) } : null;
  });
  const circles = new Set<Circle>();
  const follow = (path: readonly number[]): void => {
    const last = path.at(-1) as number;
    for (const keeper of waits[last]?.keepers ?? []) {
      const from = path.indexOf(keeper);
      if (from < 0) follow([...path, keeper]);
      else if (path.length - from > 1)
        circles.add(circleText(path.slice(from).map((one) => [one, waits[one]?.lock ?? -1])));
    }
  };
  for (const thread of program.keys()) follow([thread]);
  return [...circles];
}

export function circleText(waits: readonly (readonly [thread: number, lock: number])[]): Circle {
  return waits
    .map(([thread, lock]) => `${thread}>${lock}`)
    .sort()
    .join(' ');
}

/** The locks alone: a finding shows one way for threads to meet in them. */
export const locksOf = (circle: Circle): string =>
  circle
    .split(' ')
    .map((wait) => wait.slice(wait.indexOf('>') + 1))
    .sort()
    .join(' ');
