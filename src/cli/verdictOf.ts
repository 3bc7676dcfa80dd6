import { Analysis } from '../analysis/analysis.js';
import type { Verdict } from '../analysis/finding.js';
import { SourceNaming } from '../sources/sourceNaming.js';
import { sourceReader } from './sourceReader.js';
import { readTrace } from './traceInput.js';

/**
 * Reads a trace and judges it. Throws a {@link CommandFailure} for what cannot be read.
 * @param root where the program's files are, when it is not where the trace says
 */
export async function verdictOf(file: string, root: string | undefined): Promise<Verdict> {
  const analysis: Analysis = new Analysis({
    naming: (dictionary) =>
      new SourceNaming(
        dictionary,
        sourceReader(() => root ?? dictionary.traceHeader?.root ?? ''),
      ),
  });
  const { torn } = await readTrace(file, analysis.visitor);
  return analysis.verdict(file, torn);
}
