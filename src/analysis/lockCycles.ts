import type { HardOrder } from './hardOrder.js';
import type { LockPair, LockPairs, PairInstance } from './lockPairs.js';
import { stronglyConnected } from './stronglyConnected.js';
import { CAPS } from './thresholds.js';

export interface CycleSearch {
  /** For each cycle of locks: one way for threads to be in it at the same time. */
  readonly cycles: readonly (readonly PairInstance[])[];
  /** The search was given up before its end. */
  readonly isCut: boolean;
}

/**
 * Finds the cycles of locks in which different threads can meet: no two of them hold a lock in common, each keeps out the
 * one that asks for its lock, and hard order leaves all of them free to be there at the same time.
 * @param isIgnored locks that take no part
 */
export function findLockCycles(pairs: LockPairs, order: HardOrder, isIgnored: (lock: number) => boolean): CycleSearch {
  const locks = [...pairs.firstLocks()].filter((lock) => !isIgnored(lock));
  const indexOf = new Map(locks.map((lock, index) => [lock, index]));
  // Only a lock that leads on can be in a cycle.
  const edges = locks.map((lock) => [...pairs.from(lock)].flatMap(({ to }) => indexOf.get(to) ?? []));
  const cycles: (readonly PairInstance[])[] = [];
  let steps = 0;
  let isCut = false;

  const search = (start: number, isInPart: ReadonlySet<number>, path: LockPair[], onPath: Set<number>): void => {
    const at = path.at(-1)?.to ?? start;
    for (const pair of pairs.from(at)) {
      if (++steps > CAPS.cycleSteps) isCut = true;
      if (isCut) return;
      if (pair.to === start) {
        const meeting = meetingOf([...path, pair], order);
        if (meeting) cycles.push(meeting);
      } else if (isInPart.has(pair.to) && !onPath.has(pair.to) && isAfter(pair.to, start)) {
        if (path.length + 2 > CAPS.cycleLength) {
          isCut = true;
          continue;
        }
        onPath.add(pair.to);
        search(start, isInPart, [...path, pair], onPath);
        onPath.delete(pair.to);
      }
    }
  };
  // Each cycle once: from its lock that was seen first.
  const isAfter = (lock: number, start: number): boolean =>
    (indexOf.get(lock) as number) > (indexOf.get(start) as number);

  for (const part of stronglyConnected(edges)) {
    if (part.length < 2) continue;
    const members = new Set(part.map((index) => locks[index] as number));
    for (const start of [...members].sort((a, b) => (isAfter(a, b) ? 1 : -1))) {
      search(start, members, [], new Set([start]));
    }
  }
  return { cycles, isCut };
}

/** One instance of each pair, so that all can happen at the same time; null when there is no such choice. */
function meetingOf(pairs: readonly LockPair[], order: HardOrder): PairInstance[] | null {
  const chosen: PairInstance[] = [];
  const choose = (index: number): boolean => {
    if (index === pairs.length) return true;
    for (const instance of pairs[index]?.instances ?? []) {
      // Its thread did not wait for the second lock with the first in its hands.
      if (instance.second.outlivesOuter === true) continue;
      if (!chosen.every((other) => canMeet(other, instance, order))) continue;
      const before = chosen.at(-1);
      if (before !== undefined && !keepsOut(instance, before)) continue;
      const next = index === pairs.length - 1 ? chosen[0] : undefined;
      if (next !== undefined && !keepsOut(next, instance)) continue;
      chosen.push(instance);
      if (choose(index + 1)) return true;
      chosen.pop();
    }
    return false;
  };
  return choose(0) ? chosen : null;
}

/** Readers do not keep each other out. */
const keepsOut = ({ first }: PairInstance, { second }: PairInstance): boolean => !first.shared || !second.shared;

function canMeet(a: PairInstance, b: PairInstance, order: HardOrder): boolean {
  if (a.thread === b.thread) return false;
  for (const [lock, isShared] of a.held) {
    const others = b.held.get(lock);
    if (others !== undefined && !(isShared && others)) return false;
  }
  return a.moments.some((one) => b.moments.some((other) => !order.isOrdered(one, other)));
}
