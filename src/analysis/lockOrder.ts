import { millisFromNanos, type Nanos } from '../base/brand.js';
import type { Hold, ModelListener, Transfer } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { Dictionary } from '../trace/dictionary.js';
import { leadOf, severityOf } from './catalogue.js';
import type { Finding, FindingLocation } from './finding.js';
import { fingerprint } from './fingerprint.js';
import { HardOrder } from './hardOrder.js';
import { lockAdvice, spanOf, type LockPlaces, type LockTaking } from './lockAdvice.js';
import { findLockCycles } from './lockCycles.js';
import { LockPairs, type PairInstance } from './lockPairs.js';
import type { Naming } from './naming.js';
import { listed, Wording } from './wording.js';

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
    // Who waits with a timeout goes on, and readers do not keep each other out.
    if (held.length === 0 || hold.shared || hold.bounded) return;
    const exclusive = held.filter((other) => !other.shared && other.lock !== hold.lock);
    for (const first of exclusive) this.pairs.add(first, hold, exclusive);
  }

  findings({ naming, model, now }: { naming: Naming; model: Model; now: Nanos }): Finding[] {
    // What is given back by others is a signal, not a lock with an owner.
    const isIgnored = (lock: number): boolean => (model.objects.get(lock)?.lock?.foreignRelease ?? null) !== null;
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
    const objects = locks.map((lock) => wording.findingObject(lock));
    const locations = cycle.flatMap((instance) => locationsOf(instance, wording));
    const names = listed(threads.map((thread) => wording.thread(thread)));
    const lockNames = listed(locks.map((lock) => wording.object(lock)));
    const how = cycle.length === 2 ? 'in opposite orders' : 'in orders that form a circle';
    const places: LockPlaces = (first, second) => this.placesOf(wording, first, second);
    const advice = lockAdvice(wording, cycle.map(takingOf), places);
    const lines = [
      `${ID} (${GRADE}): ${names} take ${lockNames} ${how}.`,
      ...columns(cycle, wording),
      'It did not happen in this run; it does when each holds its first lock before another asks for it.',
      advice,
    ];
    const times = cycle.flatMap(({ first, second }) => [first.since, second.since]);
    return {
      id: ID,
      severity: severityOf(ID, GRADE),
      grade: GRADE,
      title: `${leadOf(ID, GRADE)}: ${locks.map((lock) => wording.naming.object(lock)).join(' ⇄ ')}`,
      message: lines.join('\n  '),
      verdict: `${leadOf(ID, GRADE)}: ${verdictOf(cycle, wording)} It did not happen in this run.`,
      threads: threads.map((thread) => wording.findingThread(thread)),
      objects,
      locations,
      circle: [],
      stuckBehind: [],
      cost: { waitMs: 0, count: cycle.reduce((sum, { count }) => sum + count, 0) },
      advice,
      howSure:
        'The orders were seen, no lock is common to them, and no start, join, message or item orders these threads; ' +
        'whether another run can bring them together was not tried.',
      startMs: millisFromNanos(Math.min(...times)),
      endMs: millisFromNanos(Math.min(now, Math.max(...times))),
      fingerprint: fingerprint(ID, objects, locations),
    };
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
      ({ wait, requests, holds }) =>
        [wait, ...[...requests.values()].map((request) => request.wait)].some(
          (one) => one?.family === 'lock' && one.object === second.lock,
        ) && holds.some((hold) => hold.lock === first.lock),
    ),
  );
}

function locationsOf({ thread, first, second }: PairInstance, wording: Wording): FindingLocation[] {
  return [first, second].flatMap((hold) => wording.locations('acquires', thread, hold.lock, hold.stack, hold.since));
}

/** `writer takes `cache` (store.ts:41), then `index` (store.ts:48)`, the parts one below the other. */
function columns(cycle: readonly PairInstance[], wording: Wording): string[] {
  const rows = cycle.map(({ thread, first, second }) => [
    `${wording.naming.thread(thread)} takes`,
    `${wording.object(first.lock)}${wording.inBrackets(first.stack)},`,
    `then ${wording.object(second.lock)}${wording.inBrackets(second.stack)}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' '));
}

function verdictOf(cycle: readonly PairInstance[], wording: Wording): string {
  const parts = cycle.map(({ thread, first, second }, index) => {
    const who = `\`${wording.naming.thread(thread)}\``;
    const at = wording.shortAt(second.stack);
    return cycle.length === 2 && index === 1
      ? `${who} the other way${at}`
      : `${who} takes ${wording.object(first.lock)} before ${wording.object(second.lock)}${at}`;
  });
  return `${parts.join(', ')}.`;
}

const takingOf = ({ first, second }: PairInstance): LockTaking => {
  return { first: first.lock, firstStack: first.stack, second: second.lock, secondStack: second.stack };
};
