import type { Finding } from '../analysis/finding.js';
import { acceptanceByBaseline, type Baseline } from './baseline.js';
import type { CheckedFinding } from './checked.js';
import { suppresses, type Suppression } from './suppressions.js';

/** What people have said about findings beforehand. */
export interface Known {
  readonly baseline: Baseline | null;
  readonly suppressions: readonly Suppression[];
}

export interface Accepted {
  readonly findings: readonly CheckedFinding[];
  /** The suppressions that no finding needed. */
  readonly unused: readonly Suppression[];
}

/** Marks the findings that do not count. A suppression has a reason, so it is told before the baseline. */
export function accept(findings: readonly CheckedFinding[], { baseline, suppressions }: Known): Accepted {
  const used = new Set<Suppression>();
  const suppressionOf = (finding: Finding): Suppression | undefined => {
    const matching = suppressions.filter((suppression) => suppresses(suppression, finding));
    for (const suppression of matching) used.add(suppression);
    return matching[0];
  };
  const marked = findings.map((one): CheckedFinding => {
    const suppression = suppressionOf(one.finding);
    if (suppression) return { ...one, acceptance: { by: 'suppression', reason: suppression.reason } };
    return { ...one, acceptance: acceptanceByBaseline(baseline, one.finding) };
  });
  return { findings: marked, unused: suppressions.filter((suppression) => !used.has(suppression)) };
}
