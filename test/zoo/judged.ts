import { Analysis } from '../../src/analysis/analysis.js';
import type { Verdict } from '../../src/analysis/finding.js';
import { nanos } from '../../src/base/brand.js';
import { snapshotEvents } from '../../src/model/snapshot.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { sliceBatch } from '../../src/trace/eventBatch.js';
import type { VirtualLog } from './virtualProgram.js';

function begun(log: VirtualLog): Analysis {
  const analysis = new Analysis({ naming: (dictionary) => new SourceNaming(dictionary, () => null) });
  const { visitor } = analysis;
  for (const [i, record] of log.files.entries()) visitor.file?.(record, i);
  for (const [i, record] of log.sites.entries()) visitor.site?.(record, i);
  for (const [i, record] of log.stacks.entries()) visitor.stack?.(record, i);
  for (const record of log.threads) visitor.thread?.(record);
  for (const record of log.objects) visitor.object?.(record);
  return analysis;
}

/**
 * What the analysis says of a run; of one that is cut off after some events, as if nothing more was written of it.
 * @param laterMs when it was killed then, after the last of these events
 */
export function judged(log: VirtualLog, events = log.events.length, laterMs = 20): Verdict {
  const analysis = begun(log);
  const { visitor } = analysis;
  const isWhole = events === log.events.length;
  visitor.events?.(isWhole ? log.events : sliceBatch(log.events, 0, events));
  const t = nanos(isWhole ? log.endNs : (log.events.t[events - 1] ?? 0) + laterMs * 1e6);
  visitor.marker?.({ kind: 'complete', t });
  visitor.marker?.(
    isWhole && log.end !== null ? log.end : { kind: 'end', t, end: 'killed', code: null, signal: 'SIGKILL' },
  );
  return analysis.verdict('app.lanes', false);
}

/** What is said by who has only what a segment begins with, and the events from there on. */
export function judgedFrom(log: VirtualLog, cut: number): Verdict {
  const before = begun(log);
  before.visitor.events?.(sliceBatch(log.events, 0, cut));
  const analysis = begun(log);
  analysis.visitor.events?.(snapshotEvents(before.model));
  analysis.visitor.events?.(sliceBatch(log.events, cut, log.events.length));
  const t = nanos(log.endNs);
  analysis.visitor.marker?.({ kind: 'complete', t });
  if (log.end !== null) analysis.visitor.marker?.(log.end);
  return analysis.verdict('app.lanes', false);
}

/** `deadlock certain` and so on: errors only. */
export const errors = ({ findings }: Verdict): string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ id, grade }) => `${id} ${grade}`);
