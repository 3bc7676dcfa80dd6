import { CATALOGUE } from '../analysis/catalogue.js';
import type { Finding, Grade, Severity, Verdict } from '../analysis/finding.js';
import type { Statistics } from '../analysis/statistics/statistics.js';

/** Why a finding does not count: it is known, or somebody has said why it may be. */
export interface Acceptance {
  readonly by: 'baseline' | 'suppression';
  readonly reason: string;
}

export interface CheckedTrace {
  readonly verdict: Verdict;
  /** What leads from the folder that reports name files from to that of the trace: empty, or `packages/app`. */
  readonly folder: string;
  /** What its time went into, where that was asked for. */
  readonly statistics?: Statistics;
}

export interface UnreadableTrace {
  readonly file: string;
  /** A sentence. */
  readonly message: string;
}

/** A finding, told once for all traces that have it. */
export interface CheckedFinding {
  /** As the trace has it in which it is worst. */
  readonly finding: Finding;
  readonly folder: string;
  /** The traces that have it, in the order in which they were given. */
  readonly traces: readonly string[];
  /** Null: it counts. */
  readonly acceptance: Acceptance | null;
}

/** What `check` has found out, before it is written in a format. */
export interface Checked {
  /** Several traces were asked for, or a folder, of however many: programs want a list then. */
  readonly isList: boolean;
  readonly traces: readonly CheckedTrace[];
  readonly unreadable: readonly UnreadableTrace[];
  /** The worst first. */
  readonly findings: readonly CheckedFinding[];
  /** Suppressions that nothing needs, a sentence each. */
  readonly unused: readonly string[];
}

const severities: readonly Severity[] = ['error', 'warning', 'note'];
const grades: readonly Grade[] = ['certain', 'likely', 'possible'];
const ids = CATALOGUE.map(({ id }) => id);

/** How two findings differ in what they weigh; below 0: the first weighs more. */
function byWeight(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    ids.indexOf(a.id) - ids.indexOf(b.id) ||
    b.cost.waitMs - a.cost.waitMs
  );
}

/** Whether the same finding is worse here than there: more severe, or surer. */
function isWorse(a: Finding, b: Finding): boolean {
  const difference = severities.indexOf(a.severity) - severities.indexOf(b.severity);
  return (difference || grades.indexOf(a.grade) - grades.indexOf(b.grade)) < 0;
}

/** The findings of all traces, each once, nothing accepted. */
export function groupedFindings(traces: readonly CheckedTrace[]): CheckedFinding[] {
  const groups = new Map<string, CheckedFinding>();
  for (const { verdict, folder } of traces) {
    const { file } = verdict.trace;
    for (const finding of verdict.findings) {
      const group = groups.get(finding.fingerprint);
      if (group === undefined) {
        groups.set(finding.fingerprint, { finding, folder, traces: [file], acceptance: null });
        continue;
      }
      const worst = isWorse(finding, group.finding) ? { finding, folder } : {};
      const files = group.traces.includes(file) ? group.traces : [...group.traces, file];
      groups.set(finding.fingerprint, { ...group, ...worst, traces: files });
    }
  }
  return [...groups.values()].sort((a, b) => byWeight(a.finding, b.finding));
}

/** What one trace gave, with nothing accepted. */
export function checkedVerdict(verdict: Verdict): Checked {
  const traces = [{ verdict, folder: '' }];
  return { isList: false, traces, unreadable: [], findings: groupedFindings(traces), unused: [] };
}

/** The findings that count: known ones and suppressed ones do not. */
export function countedFindings({ findings }: Checked): readonly CheckedFinding[] {
  return findings.filter(({ acceptance }) => acceptance === null);
}
