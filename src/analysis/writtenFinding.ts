import { millisFromNanos } from '../base/brand.js';
import { leadOf, severityOf, type FindingId } from './catalogue.js';
import type { Finding, FindingLocation, FindingObject, Grade, Severity } from './finding.js';
import { fingerprint } from './fingerprint.js';
import type { Wording } from './wording.js';

/** What was found, in its own words: without what all findings say in the same way. */
export interface Written {
  readonly id: FindingId;
  readonly grade: Grade;
  /** Absent: that of the catalogue. */
  readonly severity?: Severity;
  /** What stands after the lead in a list. */
  readonly title: string;
  /** The first sentence of the message, without id and grade. */
  readonly sentence: string;
  /** What happened, a line each. */
  readonly story: readonly string[];
  /** What stands after the lead in the verdict, as sentences. */
  readonly verdict: string;
  readonly advice: string;
  readonly howSure: string;
  readonly threads: readonly number[];
  readonly objects: readonly FindingObject[];
  readonly locations: readonly FindingLocation[];
  readonly behind?: readonly number[];
  readonly waitNs?: number;
  readonly count: number;
  /** The span of the trace that shows it, in nanoseconds. */
  readonly start: number;
  readonly end: number;
}

/** A finding as all are written: the lead, the sentence, the story, what to change. */
export function writtenFinding(wording: Wording, one: Written): Finding {
  const { id, grade, advice, howSure, objects, locations } = one;
  const lead = leadOf(id, grade);
  return {
    id,
    severity: one.severity ?? severityOf(id, grade),
    grade,
    title: `${lead}: ${one.title}`,
    message: [`${id} (${grade}): ${one.sentence}`, ...one.story, advice].join('\n  '),
    verdict: `${lead}: ${one.verdict}`,
    threads: one.threads.map((thread) => wording.findingThread(thread)),
    objects,
    locations,
    circle: [],
    stuckBehind: (one.behind ?? []).map((thread) => wording.findingThread(thread)),
    cost: { waitMs: millisFromNanos(one.waitNs ?? 0), count: one.count },
    advice,
    howSure,
    startMs: millisFromNanos(one.start),
    endMs: millisFromNanos(one.end),
    fingerprint: fingerprint(id, objects, locations),
  };
}
