import { millisFromNanos, type Nanos } from '../base/brand.js';
import { formatDuration } from '../base/formatDuration.js';
import type { Hold, ModelListener, Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { Dictionary } from '../trace/dictionary.js';
import { severityOf } from './catalogue.js';
import type { Finding } from './finding.js';
import { isMutex } from './inferredLocks.js';
import { LockWaits, type ChargedLine } from './lockWaits.js';
import type { Naming } from './naming.js';
import { CONTENTION } from './thresholds.js';
import { Wording, type Place } from './wording.js';
import { writtenFinding } from './writtenFinding.js';

const ID = 'contention';
const GRADE = 'certain';

/** Finds the locks whose waiting cost a good part of the run, and the lines that made others wait. */
export class Contention implements ModelListener {
  private readonly locks = new Map<number, LockWaits>();

  constructor(readonly dictionary: Dictionary) {}

  attempt(wait: Wait): void {
    if (wait.family === 'lock') this.waitsOf(wait.object).attempt(wait);
    else if (wait.family === 'word') this.locks.get(wait.object)?.attempt(wait);
  }

  wait(wait: Wait): void {
    if (wait.family === 'lock') this.waitsOf(wait.object).waited(wait);
    else if (wait.family === 'word') this.locks.get(wait.object)?.waited(wait);
  }

  acquired(hold: Hold): void {
    this.waitsOf(hold.lock).acquired(hold);
  }

  hold(hold: Hold): void {
    this.waitsOf(hold.lock).held(hold);
  }

  /** Only words that are locks count in the end. */
  wordTaken(hold: Hold): void {
    this.waitsOf(hold.lock).acquired(hold);
  }

  wordGivenBack(hold: Hold): void {
    this.locks.get(hold.lock)?.held(hold);
  }

  /** The costliest first. */
  findings({ naming, model, now }: { naming: Naming; model: Model; now: Nanos }): Finding[] {
    const wording = new Wording(model, naming);
    return (
      [...this.locks.values()]
        .filter(({ waitNs }) => isCostly(waitNs, now))
        // Few who wait long for a Web Lock, which blocks no thread, are successors: they are meant to.
        .filter(({ lock, count }) => model.objects.get(lock)?.kind !== 'weblock' || count >= CONTENTION.asyncWaits)
        // Nobody holds it too long: its owner is gone, and that is a finding of its own.
        .filter(({ lock }) => !isAbandoned(model, lock))
        // What others give back is a signal: waiting for it is what it is for.
        .filter(({ lock }) => isMutex(model, lock))
        .sort((a, b) => b.waitNs - a.waitNs || a.lock - b.lock)
        .map((waits) => contentionFinding(waits, wording, now))
    );
  }

  get incomplete(): readonly string[] {
    const dropped = [...this.locks.values()].some((waits) => waits.dropped > 0);
    return dropped ? ['Not all lines that wait for locks could be kept: some waiting is charged to no line.'] : [];
  }

  private waitsOf(lock: number): LockWaits {
    let waits = this.locks.get(lock);
    if (!waits) this.locks.set(lock, (waits = new LockWaits(lock)));
    return waits;
  }
}

function isAbandoned(model: Model, lock: number): boolean {
  const { hold } = model.objects.get(lock)?.lock ?? model.inference.lockOf(lock) ?? {};
  const owner = hold?.thread;
  return owner !== undefined && model.threads.get(owner)?.isEnded === true;
}

/** Few waits, or few long holds, say nothing of the lock: a machine was busy, a program began, a gate was shut on purpose. */
function weighs({ count, usualNs }: LockWaits, now: Nanos): boolean {
  return count >= CONTENTION.waitsOfWarning && isCostly(usualNs, now);
}

const isCostly = (waitNs: number, now: Nanos): boolean =>
  waitNs > CONTENTION.waitNs && waitNs > now * CONTENTION.shareOfRun;

function contentionFinding(waits: LockWaits, wording: Wording, now: Nanos): Finding {
  const worst = worstLine(waits);
  const holder = worst ? waits.longestHold.get(worst.holder.stack) : undefined;
  const lock = wording.object(waits.lock);
  const total = formatDuration(millisFromNanos(waits.waitNs));
  const threads = [...waits.threads].sort(([a, x], [b, y]) => y - x || a - b).map(([thread]) => thread);
  const waiter = worst?.waiter ?? waits.longest;
  const who = threads.length === 1 ? wording.thread(threads[0] as number) : `${threads.length} threads`;
  const short = threads.length === 1 ? `\`${wording.naming.thread(threads[0] as number)}\` waits` : `${who} queue`;
  const held = holder && worst ? heldSentences(holder, worst, wording) : null;
  const share = ((100 * waits.waitNs) / Math.max(1, now)).toFixed(0);
  return writtenFinding(wording, {
    id: ID,
    grade: GRADE,
    severity: weighs(waits, now) ? severityOf(ID, GRADE) : 'note',
    title: wording.name(waits.lock),
    sentence: `${who} waited ${total} for ${lock}, ${share} % of the run's time.`,
    story: [
      ...(waits.count > 1
        ? [
            `${waits.count} waits: half of them longer than ${median(waits.durations)}, the longest ${longestOf(waits)}.`,
          ]
        : []),
      ...(held ? [held.story] : []),
    ],
    verdict: `${lock} cost ${total} of waiting: ${short}${wording.shortAt(waiter)}${held ? `; ${held.verdict}` : ''}.`,
    advice: `Hold ${lock} shorter${atLine(worst?.holder ?? null, wording)}: do there only what needs it, or split what it guards.`,
    howSure: 'Each wait was recorded from its attempt to its end.',
    threads,
    objects: [wording.findingObject(waits.lock)],
    locations: [
      ...(waiter ? wording.locations('waits', waiter.thread, waits.lock, waiter, waiter.since) : []),
      ...(worst ? wording.locations('holds', worst.holder.thread, waits.lock, worst.holder, worst.holder.since) : []),
    ],
    waitNs: waits.waitNs,
    count: waits.count,
    start: waits.first,
    end: waits.last,
  });
}

/** The pair of lines that cost most. */
function worstLine({ lines }: LockWaits): ChargedLine | null {
  let worst: ChargedLine | null = null;
  for (const byHolder of lines.values()) {
    for (const line of byHolder.values()) if (worst === null || line.waitNs > worst.waitNs) worst = line;
  }
  return worst;
}

function heldSentences(
  holder: { readonly thread: number; readonly ns: number },
  worst: ChargedLine,
  wording: Wording,
): { story: string; verdict: string } {
  const upTo = formatDuration(millisFromNanos(holder.ns));
  const charged = formatDuration(millisFromNanos(worst.waitNs));
  return {
    story:
      `${charged} of it${atLine(worst.waiter, wording)} while it was held${fromLine(worst.holder, wording)}; ` +
      `${wording.thread(holder.thread)} held it up to ${upTo}.`,
    verdict: `\`${wording.naming.thread(holder.thread)}\` holds it up to ${upTo}${wording.shortAt(worst.holder)}`,
  };
}

/** ` from src/store.ts:41 on` */
function fromLine(hold: Hold, wording: Wording): string {
  const place = wording.place(hold);
  return place === null ? wording.inBrackets(hold) : ` from ${place} on`;
}

/** ` at src/store.ts:41`, or nothing when that is not certain. */
function atLine(where: Place | null, wording: Wording): string {
  const place = wording.place(where);
  return place === null ? '' : ` at ${place}`;
}

const longestOf = ({ longest: wait }: LockWaits): string =>
  formatDuration(millisFromNanos(wait === null ? 0 : wait.until - wait.since));

function median(durations: readonly number[]): string {
  const sorted = [...durations].sort((a, b) => a - b);
  return formatDuration(millisFromNanos(sorted[sorted.length >> 1] ?? 0));
}
