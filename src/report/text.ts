import type { Finding, Severity, Verdict } from '../analysis/finding.js';
import { checkedVerdict, countedFindings, type Checked, type CheckedFinding } from './checked.js';
import { doubtsOf, shareOf, summaryOf } from './sentences.js';
import { statisticsBlocks } from './statisticsText.js';

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

/** Of more traces than that only the number is said. */
const MAX_TRACES = 5;

/** The whole text of a finding, without a line feed at its end. */
export function formatFinding(finding: Finding, colors: Colors = noColors): string {
  const head = `${finding.id} (${finding.grade})`;
  // Names come from the trace: none of them speaks to the terminal.
  const message = finding.message.replace(/[^\P{Cc}\n]+/gu, ' ');
  if (!message.startsWith(head)) return message;
  return colors.bold(colors[severityColor[finding.severity]](head)) + message.slice(head.length);
}

/** What a trace gave: {@link formatText} of one. */
export function formatVerdict(verdict: Verdict, options: { readonly color?: Colors } = {}): string {
  return formatText(checkedVerdict(verdict), options);
}

/** All findings that count, why they may not be all, and one line that sums up; without a line feed at its end. */
export function formatText(checked: Checked, options: { readonly color?: Colors } = {}): string {
  const colors = options.color ?? noColors;
  const counting = countedFindings(checked);
  const findings = counting.map((one) => findingText(one, checked, colors));
  const notes = doubtsOf(checked).map((reason) => colors.dim(`note: ${reason}`));
  const parts = [...findings, ...statisticsBlocks(checked, false), ...(notes.length > 0 ? [notes.join('\n')] : [])];
  return [...parts, ...(checked.traces.length > 0 ? [summaryLine(checked, counting, colors)] : [])].join('\n\n');
}

function findingText(one: CheckedFinding, checked: Checked, colors: Colors): string {
  const text = formatFinding(one.finding, colors);
  const share = shareOf(one, checked);
  if (share === '') return text;
  const { traces } = one;
  const names = traces.length > MAX_TRACES ? [...traces.slice(0, MAX_TRACES - 1), '…'] : traces;
  return `${text}\n  ${colors.dim(`in ${share}: ${names.join(', ')}`)}`;
}

/** That nothing is wrong is said in green, and only when all is known. */
function summaryLine(checked: Checked, counting: readonly CheckedFinding[], colors: Colors): string {
  const summary = summaryOf(checked, counting, (severity, text) => colors[severityColor[severity]](text));
  return summary.replace(/^Nothing stuck, nothing slow/, (text) => colors.green(text));
}
