import { millisFromNanos, type Nanos } from '../base/brand.js';
import { formatDuration } from '../base/formatDuration.js';
import type { Hold, ModelListener, Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { Dictionary } from '../trace/dictionary.js';
import { leadOf, severityOf } from './catalogue.js';
import type { Finding } from './finding.js';
import { fingerprint } from './fingerprint.js';
import { LockWaits, type ChargedLine } from './lockWaits.js';
import type { Naming } from './naming.js';
import { CONTENTION } from './thresholds.js';
import { Wording } from './wording.js';

const ID = 'contention';
const GRADE = 'certain';

/** Finds the locks whose waiting cost a good part of the run, and the lines that made others wait. */
export class Contention implements ModelListener {
  private readonly locks = new Map<number, LockWaits>();

  constructor(readonly dictionary: Dictionary) {}

  attempt(wait: Wait): void {
    if (wait.family === 'lock') this.waitsOf(wait.object).attempt(wait);
  }

  wait(wait: Wait): void {
    if (wait.family === 'lock') this.waitsOf(wait.object).waited(wait);
  }

  acquired(hold: Hold): void {
    this.waitsOf(hold.lock).acquired(hold);
  }

  hold(hold: Hold): void {
    this.waitsOf(hold.lock).held(hold);
  }

  /** The costliest first. */
  findings({ naming, model, now }: { naming: Naming; model: Model; now: Nanos }): Finding[] {
    const wording = new Wording(model, naming);
    return (
      [...this.locks.values()]
        .filter(({ waitNs }) => waitNs > CONTENTION.waitNs && waitNs > now * CONTENTION.shareOfRun)
        // Few who wait long for a Web Lock, which blocks no thread, are successors: they are meant to.
        .filter(({ lock, count }) => model.objects.get(lock)?.kind !== 'weblock' || count >= CONTENTION.asyncWaits)
        // Nobody holds it too long: its owner is gone, and that is a finding of its own.
        .filter(({ lock }) => !isAbandoned(model, lock))
        // What others give back is a signal: waiting for it is what it is for.
        .filter(({ lock }) => (model.objects.get(lock)?.lock?.foreignRelease ?? null) === null)
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
  const owner = model.objects.get(lock)?.lock?.hold?.thread;
  return owner !== undefined && model.threads.get(owner)?.isEnded === true;
}

function contentionFinding(waits: LockWaits, wording: Wording, now: Nanos): Finding {
  const worst = worstLine(waits);
  const holder = worst ? waits.longestHold.get(worst.holderStack) : undefined;
  const lock = wording.object(waits.lock);
  const total = formatDuration(millisFromNanos(waits.waitNs));
  const threads = [...waits.threads].sort(([a, x], [b, y]) => y - x || a - b).map(([thread]) => thread);
  const waiterStack = worst?.waiterStack ?? waits.longest?.stack ?? -1;
  const who = threads.length === 1 ? wording.thread(threads[0] as number) : `${threads.length} threads`;
  const short = threads.length === 1 ? `\`${wording.naming.thread(threads[0] as number)}\` waits` : `${who} queue`;
  const held = holder && worst ? heldSentences(holder, worst, wording) : null;
  const share = ((100 * waits.waitNs) / Math.max(1, now)).toFixed(0);
  const advice = `Hold ${lock} shorter${worst ? atPlace(worst.holderStack, wording) : ''}: do there only what needs it, or split what it guards.`;
  const lines = [
    `${ID} (${GRADE}): ${who} waited ${total} for ${lock}, ${share} % of the run's time.`,
    ...(waits.count > 1
      ? [`${waits.count} waits: half of them longer than ${median(waits.durations)}, the longest ${longestOf(waits)}.`]
      : []),
    ...(held ? [held.story] : []),
    advice,
  ];
  const objects = [wording.findingObject(waits.lock)];
  const time = (waits.longest as Wait).since;
  const locations = [
    ...wording.locations('waits', waits.longest?.thread ?? -1, waits.lock, waiterStack, time),
    ...(holder && worst ? wording.locations('holds', holder.thread, waits.lock, worst.holderStack, time) : []),
  ];
  return {
    id: ID,
    severity: severityOf(ID, GRADE),
    grade: GRADE,
    title: `${leadOf(ID, GRADE)}: ${wording.naming.object(waits.lock)}`,
    message: lines.join('\n  '),
    verdict: `${leadOf(ID, GRADE)}: ${lock} cost ${total} of waiting: ${short}${wording.shortAt(waiterStack)}${held ? `; ${held.verdict}` : ''}.`,
    threads: threads.map((thread) => wording.findingThread(thread)),
    objects,
    locations,
    circle: [],
    stuckBehind: [],
    cost: { waitMs: millisFromNanos(waits.waitNs), count: waits.count },
    advice,
    howSure: 'Each wait was recorded from its attempt to its end.',
    startMs: millisFromNanos(waits.first),
    endMs: millisFromNanos(waits.last),
    fingerprint: fingerprint(ID, objects, locations),
  };
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
      `${charged} of it${atPlace(worst.waiterStack, wording)} while it was held from${place(worst.holderStack, wording)} on; ` +
      `${wording.thread(holder.thread)} held it up to ${upTo}.`,
    verdict: `\`${wording.naming.thread(holder.thread)}\` holds it up to ${upTo}${wording.shortAt(worst.holderStack)}`,
  };
}

function place(stack: number, wording: Wording): string {
  return ` ${wording.place(stack) ?? 'an unknown line'}`;
}

function atPlace(stack: number, wording: Wording): string {
  const at = wording.place(stack);
  return at === null ? '' : ` at ${at}`;
}

const longestOf = ({ longest: wait }: LockWaits): string =>
  formatDuration(millisFromNanos(wait === null ? 0 : wait.until - wait.since));

function median(durations: readonly number[]): string {
  const sorted = [...durations].sort((a, b) => a - b);
  return formatDuration(millisFromNanos(sorted[sorted.length >> 1] ?? 0));
}
