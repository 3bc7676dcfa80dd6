import { formatDuration } from '../base/formatDuration.js';
import type { Severity } from '../analysis/finding.js';
import type { Checked, CheckedFinding } from './checked.js';

/** What reports say in one line each. */

/** `main waits for `cache`. (likely, in 1 of 3 traces)`: the first sentence of a finding, without its id. */
export function sentenceOf(one: CheckedFinding, checked: Checked): string {
  const { id, grade, message } = one.finding;
  const [first = ''] = message.split('\n');
  const head = `${id} (${grade}): `;
  const sentence = first.startsWith(head) ? first.slice(head.length) : first;
  const share = shareOf(one, checked);
  const remarks = [...(grade === 'certain' ? [] : [grade]), ...(share === '' ? [] : [`in ${share}`])];
  return remarks.length === 0 ? sentence : `${sentence} (${remarks.join(', ')})`;
}

/** Nothing in it ends a line or speaks to a terminal. */
export function onOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** `2 of 3 traces`; nothing where there is one trace. */
export function shareOf({ traces }: CheckedFinding, { traces: all }: Checked): string {
  return all.length < 2 ? '' : `${traces.length} of ${all.length} traces`;
}

/** The whole text of a finding, and in how many of several traces it was found. */
export function messageOf(one: CheckedFinding, checked: Checked): string {
  const share = shareOf(one, checked);
  return share === '' ? one.finding.message : `${one.finding.message}\n  in ${share}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1 error, 2 notes`, each part as it is marked. */
export function countsOf(
  findings: readonly CheckedFinding[],
  mark: (severity: Severity, text: string) => string = (_, text) => text,
): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = findings.filter(({ finding }) => finding.severity === severity).length;
    return count > 0 ? [mark(severity, counted(count, severity))] : [];
  });
  return counts.join(', ');
}

/** `2 threads, 12 events, 1.23 s`; of several traces all together. */
export function sizeOf({ traces }: Checked): string {
  const sum = (what: 'threads' | 'events' | 'durationMs'): number =>
    traces.reduce((total, { verdict }) => total + verdict.trace[what], 0);
  const size = [counted(sum('threads'), 'thread'), counted(sum('events'), 'event'), formatDuration(sum('durationMs'))];
  return traces.length > 1 ? `${counted(traces.length, 'trace')}: ${size.join(', ')}` : size.join(', ');
}

/** `1 suppressed, 2 in the baseline`, or nothing: what does not count. */
export function acceptedOf({ findings }: Checked): string {
  const by = (what: string): number => findings.filter(({ acceptance }) => acceptance?.by === what).length;
  const parts = [
    [by('suppression'), 'suppressed'],
    [by('baseline'), 'in the baseline'],
  ] as const;
  return parts.flatMap(([count, how]) => (count > 0 ? [`${count} ${how}`] : [])).join(', ');
}

/** Why the verdict may not be complete, the same reason once, and of which trace it is told where there are several. */
export function doubtsOf({ traces }: Checked): string[] {
  const sentences = traces.flatMap(({ verdict: { trace, incomplete } }) =>
    incomplete.map((reason) => onOneLine(traces.length > 1 ? `${trace.file}: ${reason}` : reason)),
  );
  return [...new Set(sentences)];
}

/** How programs ended, where that leaves open whether something hung, and of which trace it is told where there are several. */
function endingsOf({ traces }: Checked): string[] {
  return traces.flatMap(({ verdict: { trace, ending } }) => {
    if (ending === undefined) return [];
    return onOneLine(traces.length > 1 ? `${trace.file}: ${ending}` : ending);
  });
}

/** The last line of a report. */
export function summaryOf(
  checked: Checked,
  findings: readonly CheckedFinding[],
  mark?: Parameters<typeof countsOf>[1],
): string {
  const { length } = checked.unreadable;
  const unread = length === 0 ? '' : ` ${counted(length, 'trace')} could not be read.`;
  return judgementOf(checked, findings, mark) + unread;
}

function judgementOf(
  checked: Checked,
  findings: readonly CheckedFinding[],
  mark: Parameters<typeof countsOf>[1],
): string {
  const size = sizeOf(checked);
  const accepted = acceptedOf(checked);
  if (findings.length > 0) {
    const counts = `${countsOf(findings, mark)} in ${size}.`;
    return accepted === '' ? counts : `${counts} Not counted: ${accepted}.`;
  }
  if (accepted !== '') return `Nothing but what is accepted (${accepted}): ${size}.`;
  if (checked.traces.every(({ verdict }) => verdict.trace.events === 0)) {
    return 'Nothing happened between threads: no lock, no queue, no message was used.';
  }
  const isAllKnown = checked.unreadable.length === 0 && doubtsOf(checked).length === 0;
  const endings = endingsOf(checked);
  // Whoever stops a program may do so because it hangs.
  if (isAllKnown && endings.length > 0) return `Nothing found: ${size}. ${endings.join(' ')}`;
  return isAllKnown ? `Nothing stuck, nothing slow: ${size}.` : `Nothing found in what is known: ${size}.`;
}
