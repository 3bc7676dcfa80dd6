import type { Nanos } from '../base/brand.js';
import type { Hold, ModelListener, Transfer } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { Dictionary } from '../trace/dictionary.js';
import type { Finding, FindingLocation } from './finding.js';
import { HardOrder } from './hardOrder.js';
import { isMutex } from './inferredLocks.js';
import { lockAdvice, spanOf, type LockPlaces, type LockTaking } from './lockAdvice.js';
import { findLockCycles } from './lockCycles.js';
import { LockPairs, type PairInstance } from './lockPairs.js';
import type { Naming } from './naming.js';
import { listed, Wording } from './wording.js';
import { writtenFinding } from './writtenFinding.js';

const ID = 'lock-order-inversion';
const GRADE = 'possible';

/** Finds locks that threads take in orders that form a circle, though nobody got stuck in this run. */
export class LockOrder implements ModelListener {
  private readonly order = new HardOrder();
  private readonly pairs = new LockPairs(this.order);
  private isCut = false;

  constructor(readonly dictionary: Dictionary) {}

  transfer(transfer: Transfer): void {
    this.order.transfer(transfer);
  }

  acquired(hold: Hold, held: readonly Hold[]): void {
    // Who waits with a timeout goes on.
    if (held.length === 0 || hold.bounded) return;
    const others = held.filter((other) => other.lock !== hold.lock);
    for (const first of others) this.pairs.add(first, hold, others);
  }

  /** Only words that are locks count in the end. */
  wordTaken(hold: Hold, held: readonly Hold[]): void {
    if (held.length === 0 || hold.bounded) return;
    const others = held.filter(({ lock }) => lock !== hold.lock);
    for (const first of others) this.pairs.add(first, hold, others);
  }

  findings({ naming, model, now }: { naming: Naming; model: Model; now: Nanos }): Finding[] {
    const isIgnored = (lock: number): boolean => !isMutex(model, lock);
    const { cycles, isCut } = findLockCycles(this.pairs, this.order, isIgnored);
    this.isCut = isCut;
    const wording = new Wording(model, naming);
    const byPlaces = new Map<string, Finding>();
    for (const cycle of cycles) {
      if (isHappening(cycle, model)) continue;
      // Many locks of one kind, made at one line and taken at the same lines, are one thing to mend.
      const key = cycle
        .map(({ first, second }) => `${first.stack} ${second.stack}`)
        .sort()
        .join();
      if (!byPlaces.has(key)) byPlaces.set(key, this.finding(cycle, wording, now));
    }
    return [...byPlaces.values()];
  }

  get incomplete(): readonly string[] {
    const { dropped } = this.pairs;
    const isWhole = dropped === 0 && !this.isCut && this.order.forgotten === 0;
    return isWhole ? [] : ['Not all orders of locks could be kept: there may be more inversions than are listed.'];
  }

  private finding(cycle: readonly PairInstance[], wording: Wording, now: Nanos): Finding {
    const threads = cycle.map(({ thread }) => thread);
    const locks = cycle.map(({ first }) => first.lock);
    const names = listed(threads.map((thread) => wording.thread(thread)));
    const lockNames = listed(locks.map((lock) => wording.object(lock)));
    const how = cycle.length === 2 ? 'in opposite orders' : 'in orders that form a circle';
    const places: LockPlaces = (first, second) => this.placesOf(wording, first, second);
    const times = cycle.flatMap(({ first, second }) => [first.since, second.since]);
    return writtenFinding(wording, {
      id: ID,
      grade: GRADE,
      title: locks.map((lock) => wording.name(lock)).join(' ⇄ '),
      sentence: `${names} take ${lockNames} ${how}.`,
      story: [
        ...columns(cycle, wording),
        'It did not happen in this run; it does when each holds its first lock before another asks for it.',
      ],
      verdict: `${verdictOf(cycle, wording)} It did not happen in this run.`,
      advice: lockAdvice(wording, cycle.map(takingOf), places),
      howSure:
        'The orders were seen, no lock is common to them, and no start, join, message or item orders these threads; ' +
        'whether another run can bring them together was not tried.',
      threads,
      objects: locks.map((lock) => wording.findingObject(lock)),
      locations: cycle.flatMap((instance) => locationsOf(instance, wording)),
      count: cycle.reduce((sum, { count }) => sum + count, 0),
      start: Math.min(...times),
      end: Math.min(now, Math.max(...times)),
    });
  }

  /** At which lines a lock was taken while another was held. */
  placesOf(wording: Wording, first: number, second: number): Set<string> {
    const takings = this.pairs.get(first, second)?.instances.map(takingOf) ?? [];
    return new Set(takings.flatMap((taking) => spanOf(wording, taking) ?? []));
  }
}

/** The same circle of locks keeps threads waiting right now: that is a deadlock, and is said as one. */
function isHappening(cycle: readonly PairInstance[], model: Model): boolean {
  return cycle.every(({ first, second }) =>
    [...model.threads.values()].some(
      ({ id, wait, requests, holds }) =>
        (wait?.family === 'word' &&
          wait.object === second.lock &&
          model.inference.holdsOf(id).some(({ lock }) => lock === first.lock)) ||
        ([wait, ...[...requests.values()].map((request) => request.wait)].some(
          (one) => one?.family === 'lock' && one.object === second.lock,
        ) &&
          holds.some((hold) => hold.lock === first.lock)),
    ),
  );
}

function locationsOf({ thread, first, second }: PairInstance, wording: Wording): FindingLocation[] {
  return [first, second].flatMap((hold) => wording.locations('acquires', thread, hold.lock, hold, hold.since));
}

/** `writer takes `cache` (store.ts:41), then `index` (store.ts:48)`, the parts one below the other. */
function columns(cycle: readonly PairInstance[], wording: Wording): string[] {
  const rows = cycle.map(({ thread, first, second }) => [
    `${wording.naming.thread(thread)} takes`,
    `${wording.object(first.lock)}${wording.inBrackets(first)},`,
    `then ${wording.object(second.lock)}${wording.inBrackets(second)}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' '));
}

function verdictOf(cycle: readonly PairInstance[], wording: Wording): string {
  const parts = cycle.map(({ thread, first, second }, index) => {
    const who = `\`${wording.naming.thread(thread)}\``;
    const at = wording.shortAt(second);
    return cycle.length === 2 && index === 1
      ? `${who} the other way${at}`
      : `${who} takes ${wording.object(first.lock)} before ${wording.object(second.lock)}${at}`;
  });
  return `${parts.join(', ')}.`;
}

const takingOf = ({ first, second }: PairInstance): LockTaking => {
  return { first: first.lock, firstAt: first, second: second.lock, secondAt: second };
};
