import { formatDuration } from '../base/formatDuration.js';
import { millisFromNanos, type Nanos } from '../base/brand.js';
import { leadOf, severityOf, type FindingId } from './catalogue.js';
import type { Finding, FindingLocation, Grade } from './finding.js';
import { fingerprint } from './fingerprint.js';
import { sinceLine, type Wording } from './wording.js';

/** A finding about dead threads, before it is known who is stuck behind it. */
export interface StuckCase {
  readonly id: FindingId;
  readonly grade: Grade;
  /** What stands after the lead in a list. */
  readonly title: string;
  /** The first sentence of the message, without id and grade. */
  readonly sentence: string;
  /** What each thread did, a line each. */
  readonly story: readonly string[];
  /** What stands after the lead in the verdict; its last sentence, about those behind, is added. */
  readonly verdict: string;
  readonly threads: readonly number[];
  readonly objects: readonly number[];
  readonly locations: readonly FindingLocation[];
  readonly advice: string;
  readonly howSure: string;
  /** Since when nothing of it moves. */
  readonly since: Nanos;
  /** When each of the waits in it began. */
  readonly waitsSince: readonly Nanos[];
}

export function stuckFinding(wording: Wording, now: Nanos, one: StuckCase, behind: readonly number[]): Finding {
  const { id, grade, advice, howSure, locations, since } = one;
  const objects = one.objects.map((object) => wording.findingObject(object));
  const lines = [
    `${id} (${grade}): ${one.sentence}`,
    ...[
      ...one.story,
      sinceLine(
        since,
        behind.map((thread) => wording.thread(thread)),
        id === 'deadlock' || one.waitsSince.length > 1 ? 'them' : 'it',
      ),
      advice,
    ].map((line) => `  ${line}`),
  ];
  const waited = one.waitsSince.reduce((sum, start) => sum + Math.max(0, now - start), 0);
  const stuck =
    behind.length === 0 ? '' : `, with ${behind.length} ${behind.length === 1 ? 'thread' : 'threads'} stuck behind`;
  return {
    id,
    severity: severityOf(id, grade),
    grade,
    title: `${leadOf(id, grade)}: ${one.title}`,
    message: lines.join('\n'),
    verdict: `${leadOf(id, grade)}: ${one.verdict} For ${formatDuration(millisFromNanos(now - since))}${stuck}.`,
    threads: one.threads.map((thread) => wording.findingThread(thread)),
    objects,
    locations,
    circle: [],
    stuckBehind: behind.map((thread) => wording.findingThread(thread)),
    cost: { waitMs: millisFromNanos(waited), count: one.waitsSince.length },
    advice,
    howSure,
    startMs: millisFromNanos(since),
    endMs: millisFromNanos(now),
    fingerprint: fingerprint(id, objects, locations),
  };
}

export function latest(times: readonly Nanos[]): Nanos {
  return Math.max(...times) as Nanos;
}
