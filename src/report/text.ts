import { formatDuration } from '../base/formatDuration.js';
import type { Finding, Severity, Verdict } from '../analysis/finding.js';

/** How a terminal shows emphasis; each gives its text back, marked. */
export interface Colors {
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly green: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const plain = (text: string): string => text;
const noColors: Colors = { red: plain, yellow: plain, cyan: plain, green: plain, dim: plain, bold: plain };

const severityColor: Readonly<Record<Severity, 'red' | 'yellow' | 'cyan'>> = {
  error: 'red',
  warning: 'yellow',
  note: 'cyan',
};

/** The whole text of a finding, without a line feed at its end. */
export function formatFinding(finding: Finding, colors: Colors = noColors): string {
  const head = `${finding.id} (${finding.grade})`;
  if (!finding.message.startsWith(head)) return finding.message;
  return colors.bold(colors[severityColor[finding.severity]](head)) + finding.message.slice(head.length);
}

/** All findings, why they may not be all, and one line that sums up; without a line feed at its end. */
export function formatVerdict(verdict: Verdict, options: { readonly color?: Colors } = {}): string {
  const colors = options.color ?? noColors;
  const findings = verdict.findings.map((finding) => formatFinding(finding, colors));
  const notes = verdict.incomplete.map((reason) => colors.dim(`note: ${reason}`));
  return [...findings, ...(notes.length > 0 ? [notes.join('\n')] : []), summaryOf(verdict, colors)].join('\n\n');
}

function summaryOf({ trace, findings, incomplete }: Verdict, colors: Colors): string {
  const size = [
    counted(trace.threads, 'thread'),
    counted(trace.events, 'event'),
    formatDuration(trace.durationMs),
  ].join(', ');
  if (findings.length > 0) {
    const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return count > 0 ? [colors[severityColor[severity]](counted(count, severity))] : [];
    });
    return `${counts.join(', ')} in ${size}.`;
  }
  if (trace.events === 0) return 'Nothing happened between threads: no lock, no queue, no message was used.';
  return incomplete.length > 0
    ? `Nothing found in what is known: ${size}.`
    : `${colors.green('Nothing stuck, nothing slow')}: ${size}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
