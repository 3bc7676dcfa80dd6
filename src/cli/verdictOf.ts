import { Analysis } from '../analysis/analysis.js';
import type { Verdict } from '../analysis/finding.js';
import type { Naming } from '../analysis/naming.js';
import { StatisticsCollector } from '../analysis/statistics/collector.js';
import type { Statistics } from '../analysis/statistics/statistics.js';
import { SourceNaming } from '../sources/sourceNaming.js';
import { portablePath } from './portablePath.js';
import { sourceReader } from './sourceReader.js';
import { readTrace } from './traceInput.js';

export interface Judged {
  readonly verdict: Verdict;
  /** The folder that the trace names files from, as the machine had it on which it was recorded; null: not known. */
  readonly root: string | null;
  /** Where they were asked for. */
  readonly statistics?: Statistics;
}

/**
 * Reads a trace and judges it. Throws an `UnreadableTrace` for what cannot be read.
 * @param root where the program's files are, when it is not where the trace says
 * @param hasStatistics also counts what the time went into
 */
export async function judge(file: string, root: string | undefined, hasStatistics = false): Promise<Judged> {
  const begin = (): number => analysis.dictionary.traceHeader?.since ?? 0;
  const collector = hasStatistics ? new StatisticsCollector(begin) : null;
  const analysis: Analysis = new Analysis({
    naming: (dictionary) => {
      const recorded = (): string => dictionary.traceHeader?.root ?? '';
      return portableNaming(
        new SourceNaming(
          dictionary,
          sourceReader(() => root ?? recorded()),
        ),
        recorded,
      );
    },
    listeners: collector?.listeners ?? [],
  });
  const { torn } = await readTrace(file, analysis.visitor);
  const { model, naming, dictionary } = analysis;
  const judged = { verdict: analysis.verdict(file, torn), root: dictionary.traceHeader?.root ?? null };
  return collector === null ? judged : { ...judged, statistics: collector.result(model, naming) };
}

/** The verdict of {@link judge} alone. */
export async function verdictOf(file: string, root: string | undefined): Promise<Verdict> {
  return (await judge(file, root)).verdict;
}

/** Findings and their fingerprints are the same wherever the checkout stands. */
function portableNaming(naming: Naming, root: () => string): Naming {
  return {
    frames: (stack) => naming.frames(stack).map((frame) => ({ ...frame, file: portablePath(frame.file, root()) })),
    thread: (id) => naming.thread(id),
    object: (id) => naming.object(id),
    called: (stack) => naming.called(stack),
  };
}
