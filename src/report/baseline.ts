import { failure, success, type Result } from '../base/result.js';
import type { Finding, Severity } from '../analysis/finding.js';
import type { Acceptance, CheckedFinding } from './checked.js';

/**
 * The findings that a project knows and lives with, as a file beside its code:
 *
 *     { "version": 1, "findings": [
 *       { "fingerprint": "0c1b…", "id": "contention", "severity": "warning", "title": "Contention: cache" } ] }
 *
 * Titles are for those who read the file; they decide nothing.
 */
export interface Baseline {
  /** By fingerprint: how severe the finding was. */
  readonly severities: ReadonlyMap<string, Severity>;
}

const BASELINE_VERSION = 1;

const rank: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };

/** The same bytes for the same findings; with a line feed at its end, as a file of a project has it. */
export function formatBaseline(findings: readonly CheckedFinding[]): string {
  const entries = findings
    .map(({ finding: { fingerprint, id, severity, title } }) => ({ fingerprint, id, severity, title }))
    .sort((a, b) => (`${a.id} ${a.fingerprint}` < `${b.id} ${b.fingerprint}` ? -1 : 1));
  return `${JSON.stringify({ version: BASELINE_VERSION, findings: entries }, null, 2)}\n`;
}

export function parseBaseline(text: string): Result<Baseline> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return failure(`It is not JSON: ${(error as Error).message}.`);
  }
  const { version, findings } = (content ?? {}) as { version?: unknown; findings?: unknown };
  if (typeof version === 'number' && version > BASELINE_VERSION) {
    return failure(`It has version ${version}, and this Threadlanes reads ${BASELINE_VERSION}: update Threadlanes.`);
  }
  if (version !== BASELINE_VERSION || !Array.isArray(findings)) {
    return failure('It is not a baseline: write one with --write-baseline.');
  }
  const severities = new Map<string, Severity>();
  for (const [index, entry] of findings.entries()) {
    const { fingerprint, severity } = (entry ?? {}) as { fingerprint?: unknown; severity?: unknown };
    if (typeof fingerprint !== 'string' || typeof severity !== 'string' || !Object.hasOwn(rank, severity)) {
      return failure(`Finding ${index + 1} has no fingerprint, or its severity is not error, warning or note.`);
    }
    severities.set(fingerprint, severity as Severity);
  }
  return success({ severities });
}

/** What was known as less than it is now is not known. */
export function acceptanceByBaseline(baseline: Baseline | null, finding: Finding): Acceptance | null {
  const known = baseline?.severities.get(finding.fingerprint);
  if (known === undefined || rank[finding.severity] > rank[known]) return null;
  return { by: 'baseline', reason: 'It stands in the baseline.' };
}
