import { formatDuration } from '../base/formatDuration.js';
import { millisFromNanos, type Nanos } from '../base/brand.js';
import type { FindingId } from './catalogue.js';
import type { Finding, FindingLocation, Grade } from './finding.js';
import { sinceLine, type Wording } from './wording.js';
import { writtenFinding } from './writtenFinding.js';

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
  const { id, since, waitsSince } = one;
  const whom = id === 'deadlock' || waitsSince.length > 1 ? 'them' : 'it';
  const names = behind.map((thread) => wording.thread(thread));
  const stuck =
    behind.length === 0 ? '' : `, with ${behind.length} ${behind.length === 1 ? 'thread' : 'threads'} stuck behind`;
  return writtenFinding(wording, {
    ...one,
    objects: one.objects.map((object) => wording.findingObject(object)),
    story: [...one.story, sinceLine(since, names, whom)],
    verdict: `${one.verdict} For ${formatDuration(millisFromNanos(now - since))}${stuck}.`,
    behind,
    waitNs: waitsSince.reduce((sum, start) => sum + Math.max(0, now - start), 0),
    count: waitsSince.length,
    start: since,
    end: now,
  });
}

export function latest(times: readonly Nanos[]): Nanos {
  return Math.max(...times) as Nanos;
}
