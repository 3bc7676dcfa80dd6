/** Which words are locks, as far as all that was seen of them and of the words of the same code agrees. */
import type { Hold } from '../intervals.js';
import type { Deed } from '../threadModel.js';
import type { LockAutomaton } from './lockAutomaton.js';
import { hasArithmetic, hasRelease, waitedValues } from './siteFacts.js';
import { rootOf, type WordClass } from './wordClasses.js';
import type { WordState } from './wordState.js';

export interface InferredLock {
  readonly word: number;
  /** A word of which it consists, too: that of its tickets. */
  readonly otherWord?: number;
  /** What stands in the word. */
  readonly value: number;
  /** Of whom it is; null: it is free, or nobody knows. */
  readonly hold: Hold | null;
  /** How often a thread gave back what it had taken itself. */
  readonly ownReleases: number;
  /** The same of all locks of this code; of its own when not all words of this code are locks. */
  readonly pooledReleases: number;
  /** Listeners were told when it was taken and given back. */
  readonly areHoldsTold: boolean;
  /** Somebody gave back what another had taken: it is a signal, and its owner proves nothing. */
  readonly foreignRelease: Deed | null;
  /** Its own use shows that it is a lock; else that of other words of the same code, or only the code. */
  readonly evidence: 'own' | 'pool' | 'code';
}

interface ClassEvidence {
  ownReleases: number;
  /** Every word that was changed could be a lock. */
  isWhole: boolean;
}

export function decideLocks(words: Iterable<WordState>): Map<number, InferredLock> {
  const fits = new Map<WordState, LockAutomaton>();
  const classes = new Map<WordClass, ClassEvidence>();
  for (const state of words) {
    if (Number.isNaN(state.chain.current) && state.early?.length === 0) continue;
    const fit = fittingReading(state);
    const root = rootOf(state.classOfCode);
    let evidence = classes.get(root);
    if (evidence === undefined) classes.set(root, (evidence = { ownReleases: 0, isWhole: true }));
    if (fit === null) {
      evidence.isWhole = false;
      continue;
    }
    fits.set(state, fit);
    evidence.ownReleases += fit.ownReleases;
  }
  const locks = new Map<number, InferredLock>();
  for (const [state, reading] of fits) {
    const { isWhole, ownReleases } = classes.get(rootOf(state.classOfCode)) as ClassEvidence;
    const isPooled = isWhole && ownReleases > 0;
    const isCoded = hasRelease([...state.family], reading.free);
    if (reading.ownReleases === 0 && !isPooled && !isCoded) continue;
    locks.set(state.id, {
      word: state.id,
      value: state.chain.current,
      hold: holderOf(state, reading),
      ownReleases: reading.ownReleases,
      pooledReleases: isPooled ? ownReleases : reading.ownReleases,
      areHoldsTold: state.readings[0] === reading,
      foreignRelease: reading.foreignRelease,
      evidence: reading.ownReleases > 0 ? 'own' : isPooled ? 'pool' : 'code',
    });
  }
  return locks;
}

/** With more than one, a give-back is underway or was never written; in a free word it is only not told yet. */
function holderOf({ chain }: WordState, { holders, free }: LockAutomaton): Hold | null {
  return holders.length !== 1 || chain.current === free ? null : (holders[0] ?? null);
}

/** The one that fits best; null: none does, or two do equally well. */
export function fittingReading(state: WordState): LockAutomaton | null {
  if (state.isRefuted || state.chain.isImpure || state.chain.isOpen) return null;
  const family = [...state.family];
  const inCode = waitedValues(family);
  const counts = hasArithmetic(family);
  const isWaitedFor = (value: number): boolean => state.waitedFor.has(value) || inCode.includes(value);
  const fits = state.readings.filter((reading) => {
    const { free, isRefuted, isInBetween, marks } = reading;
    if (isRefuted || isInBetween || isWaitedFor(free) || (free > 0 && counts)) return false;
    return [...marks].every(isWaitedFor);
  });
  const worth = (reading: LockAutomaton): number =>
    2 * reading.ownReleases + (hasRelease(family, reading.free) ? 1 : 0);
  const [best, second] = fits.sort((a, b) => worth(b) - worth(a));
  if (best === undefined || (second !== undefined && worth(second) === worth(best))) return null;
  return best;
}
