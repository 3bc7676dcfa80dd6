/**
 * Ticket locks: one word that threads draw numbers from, and one that says whose turn it is. Only with proof: each turn was
 * ended by the thread that had drawn its number, and more than one thread has done so.
 */
import type { Dictionary } from '../../trace/dictionary.js';
import type { Hold } from '../intervals.js';
import type { CounterLog } from './counterLog.js';
import type { InferredLock } from './decideLocks.js';
import type { WordState } from './wordState.js';

const LEAST_STEPS = 2;

interface Pair {
  readonly numbers: WordState;
  readonly turns: WordState;
  readonly distance: number;
}

/** By the word that says whose turn it is. */
export function ticketLocks(words: Iterable<WordState>, { objects, threads }: Dictionary): Map<number, InferredLock> {
  const counters = [...words].filter(({ counter, chain }) => counter.count > 0 && !counter.isBroken && !chain.isImpure);
  const drawn = counters.filter(({ counter, waitedFor }) => counter.isAdded && waitedFor.size === 0);
  const turns = counters.filter(({ waitedFor }) => waitedFor.size > 0);
  const pairs = turns.flatMap((one) =>
    drawn.flatMap((numbers): Pair[] => {
      const [a, b] = [objects.get(numbers.id), objects.get(one.id)];
      if (a?.buffer === undefined || a.buffer !== b?.buffer || !isOneCode(numbers, one)) return [];
      if (!isProven(numbers.counter, one.counter, threads.size)) return [];
      return [{ numbers, turns: one, distance: Math.abs((b.offset ?? 0) - (a.offset ?? 0)) }];
    }),
  );
  // Threads that use several locks in the same way draw the same numbers everywhere: a lock's words lie together.
  pairs.sort((a, b) => a.distance - b.distance || a.numbers.id - b.numbers.id);
  const locks = new Map<number, InferredLock>();
  const used = new Set<WordState>();
  for (const { numbers, turns: one } of pairs) {
    if (used.has(numbers) || used.has(one)) continue;
    used.add(numbers).add(one);
    locks.set(one.id, lockOf(one, numbers));
  }
  return locks;
}

/** The function that draws a number looks whose turn it is. */
const isOneCode = (numbers: WordState, turns: WordState): boolean =>
  [...numbers.family].some(({ fn, use }) => use.op === 'add' && [...turns.family].some((one) => one.fn === fn));

function isProven(numbers: CounterLog, turns: CounterLog, threads: number): boolean {
  if (turns.top > numbers.top || numbers.top - turns.top > threads) return false;
  const users = new Set<number>();
  let matches = 0;
  for (const [number, step] of turns.steps) {
    const drawn = numbers.steps.get(number);
    if (drawn === undefined) continue;
    if (drawn.thread !== step.thread) return false;
    users.add(step.thread);
    matches += 1;
  }
  return users.size >= LEAST_STEPS && matches >= LEAST_STEPS;
}

function lockOf(
  { id, counter: turns, chain }: WordState,
  { id: otherWord, counter: numbers }: WordState,
): InferredLock {
  const drawn = numbers.steps.get(turns.top);
  const before = turns.steps.get(turns.top - 1);
  const common = { lock: id, shared: false, bounded: false, wait: null, releasedBy: -1 } as const;
  let hold: Hold | null = null;
  if (drawn !== undefined) {
    const { thread, stack, sampled, t } = drawn;
    const since = before !== undefined && before.t > t ? before.t : t;
    hold = { ...common, thread, stack, sampled, since, until: since };
  }
  const ownReleases = turns.count;
  const value = chain.current;
  return {
    word: id,
    otherWord,
    value,
    hold,
    ownReleases,
    pooledReleases: ownReleases,
    areHoldsTold: false,
    foreignRelease: null,
    evidence: 'own',
  };
}
