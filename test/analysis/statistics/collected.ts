import { StatisticsCollector } from '../../../src/analysis/statistics/collector.js';
import type { Statistics } from '../../../src/analysis/statistics/statistics.js';
import { Analysis } from '../../../src/analysis/analysis.js';
import { SourceNaming } from '../../../src/sources/sourceNaming.js';
import type { TraceVisitor } from '../../../src/trace/visitor.js';
import { readTrace } from '../../fixtures/readTrace.js';

/** The statistics of a trace that is in memory, `.lanes` or text. */
export async function statisticsOf(source: string | Uint8Array, pathRows?: number): Promise<Statistics> {
  return collected((visitor) => readTrace(source, visitor), pathRows);
}

/** The statistics of what is fed to a visitor. */
export async function collected(feed: (visitor: TraceVisitor) => unknown, pathRows?: number): Promise<Statistics> {
  const collector = new StatisticsCollector(() => analysis.dictionary.traceHeader?.since ?? 0, pathRows);
  const analysis: Analysis = new Analysis({
    naming: (dictionary) => new SourceNaming(dictionary, () => null),
    listeners: collector.listeners,
  });
  await feed(analysis.visitor);
  return collector.result(analysis.model, analysis.naming);
}
