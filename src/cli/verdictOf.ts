import { Analysis } from '../analysis/analysis.js';
import type { Verdict } from '../analysis/finding.js';
import { SourceNaming } from '../sources/sourceNaming.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { sourceReader } from './sourceReader.js';
import { readTrace } from './traceInput.js';

/**
 * Reads a trace and judges it. Throws a {@link CommandFailure} for what cannot be read.
 * @param root where the program's files are, when it is not where the trace says
 */
export async function verdictOf(file: string, root: string | undefined): Promise<Verdict> {
  const damage: string[] = [];
  const analysis: Analysis = new Analysis({
    naming: (dictionary) =>
      new SourceNaming(
        dictionary,
        sourceReader(() => root ?? dictionary.traceHeader?.root ?? ''),
      ),
  });
  const visitor = alsoTellDamage(analysis.visitor, (message) => damage.push(message));
  const { ended, torn } = await readTrace(file, visitor);
  return analysis.verdict(file, { ended, torn, damage });
}

function alsoTellDamage(visitor: TraceVisitor, tell: (message: string) => void): TraceVisitor {
  return {
    header: (record) => visitor.header?.(record),
    thread: (record) => visitor.thread?.(record),
    object: (record) => visitor.object?.(record),
    file: (record, index) => visitor.file?.(record, index),
    site: (record, index) => visitor.site?.(record, index),
    stack: (record, index) => visitor.stack?.(record, index),
    string: (text, index) => visitor.string?.(text, index),
    events: (batch) => visitor.events?.(batch),
    marker: (record) => visitor.marker?.(record),
    damage: (message) => {
      tell(message);
      visitor.damage?.(message);
    },
  };
}
