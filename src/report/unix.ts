import { countedFindings, type Checked, type CheckedFinding } from './checked.js';
import { mainLocation, reportPath } from './findingPlace.js';
import { onOneLine, sentenceOf } from './sentences.js';

/**
 * `src/store.ts:48:9: error: worker "writer" and worker "reader" wait for each other. [deadlock]`: a line a finding, as
 * compilers write it and editors, grep and problem matchers read it. A finding without a known line stands at its trace.
 */
export function formatUnix(checked: Checked): string {
  return countedFindings(checked)
    .map((one) => unixLine(one, checked))
    .join('\n');
}

export function unixLine(one: CheckedFinding, checked: Checked): string {
  const { finding, folder } = one;
  const location = mainLocation(one);
  const place = location
    ? `${reportPath(folder, location.file)}:${location.line}:${location.column}`
    : `${one.traces[0] ?? '-'}:1:1`;
  return onOneLine(`${place}: ${finding.severity}: ${sentenceOf(one, checked)} [${finding.id}]`);
}
