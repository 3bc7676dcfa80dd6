/**
 * The critical path of a long run does not fit into memory wait by wait. But the paths that end in the threads of now have
 * most of their past in common: what is old is summed up, once for each stretch between two places where paths part.
 */
import { BEGINNING, CUT, FOLDS, type PathRows } from './pathRows.js';
import { PathShares } from './pathShares.js';
import { addRun, stepBack, type PathPlace } from './pathStep.js';

/** A path from the end of a row back to where another fold ends, or to the beginning of a thread. */
export interface PathFold {
  readonly until: number;
  readonly shares: PathShares;
  /** Null: `end` is in a thread of which nothing is known before but that it ran. */
  readonly before: PathFold | null;
  readonly end: PathPlace;
}

export function foldOf(folds: readonly PathFold[], reference: number): PathFold | undefined {
  return reference <= FOLDS ? folds[FOLDS - reference] : undefined;
}

/** When what a reference stands for is over; NaN for what has no end that is kept. */
export function untilOf(rows: PathRows, folds: readonly PathFold[], reference: number): number {
  return reference >= 0 ? (rows.until[reference] as number) : (foldOf(folds, reference)?.until ?? NaN);
}

/**
 * Folds the first `count` rows away.
 * @param tips the last row of each thread; changed
 * @returns the folds that are referred to from now on
 */
export function foldRows(
  rows: PathRows,
  count: number,
  folds: readonly PathFold[],
  tips: Map<number, number>,
): PathFold[] {
  const heads = headsOf(rows, count, tips);
  const kept: PathFold[] = [];
  const made = new Map<number, number>();
  const keep = (fold: PathFold): number => FOLDS - (kept.push(fold) - 1);
  const ofRow = new Map<number, PathFold>();
  for (const head of heads) ofRow.set(head, foldFrom(rows, head, folds, ofRow));
  const renamed = (reference: number, isFoldedAlways: boolean): number => {
    if (reference >= count) return reference - count;
    if (reference === BEGINNING || reference === CUT) return reference;
    const fold = reference >= 0 ? ofRow.get(reference) : foldOf(folds, reference);
    if (fold === undefined || (!isFoldedAlways && !made.has(reference))) return CUT;
    let name = made.get(reference);
    if (name === undefined) made.set(reference, (name = keep(fold)));
    return name;
  };
  for (const [thread, tip] of tips) tips.set(thread, renamed(tip, true));
  for (let row = count; row < rows.length; row++) rows.parent[row] = renamed(rows.parent[row] as number, true);
  for (let row = count; row < rows.length; row++) rows.before[row] = renamed(rows.before[row] as number, false);
  rows.drop(count);
  return kept;
}

/** Rows from which kept paths come, and where they meet; ascending. */
function headsOf(rows: PathRows, count: number, tips: ReadonlyMap<number, number>): number[] {
  const visits = new Uint8Array(count);
  const entries = new Set<number>();
  for (const tip of tips.values()) if (tip >= 0 && tip < count) entries.add(tip);
  for (let row = count; row < rows.length; row++) {
    const parent = rows.parent[row] as number;
    if (parent >= 0 && parent < count) entries.add(parent);
  }
  for (const entry of entries) visits[entry] = 2;
  for (const entry of entries) {
    for (let row = rows.parent[entry] as number; row >= 0; row = rows.parent[row] as number) {
      const isKnown = visits[row] !== 0;
      visits[row] = isKnown ? 2 : 1;
      if (isKnown) break;
    }
  }
  return [...visits.keys()].filter((row) => visits[row] === 2);
}

function foldFrom(
  rows: PathRows,
  head: number,
  folds: readonly PathFold[],
  made: ReadonlyMap<number, PathFold>,
): PathFold {
  const shares = new PathShares();
  let row = head;
  for (;;) {
    const place = stepBack(rows, row, shares);
    const before = made.get(place.at) ?? foldOf(folds, place.at) ?? null;
    if (before !== null || place.at < 0) {
      if (before !== null) addRun(place, before.until, shares);
      return { until: rows.until[head] as number, shares, before, end: place };
    }
    addRun(place, rows.until[place.at] as number, shares);
    row = place.at;
  }
}
