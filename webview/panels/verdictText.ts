/** What the verdict bar says, before it is drawn: chosen from the trace's state, in the design's words. */
import { formatDuration, formatTime } from '../../src/base/formatDuration.js';
import type { Finding } from '../../src/protocol/verdict.js';
import type { IconName } from '../icons.js';
import { breaksOff, type State, type Trace } from '../store.js';

export interface VerdictText {
  readonly icon: IconName;
  /** How the icon is coloured. */
  readonly tone: 'error' | 'warning' | 'note' | 'quiet';
  /** The first words, semibold; may be empty. */
  readonly lead: string;
  readonly sentence: string;
  /** Secondary: how long, also, not complete. */
  readonly rest: string;
  /** The second worst, when there is room for it; may be empty. */
  readonly also: string;
  readonly finding: Finding | null;
}

/** `6.2 M`, `48 211`. */
export function formatCount(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}\u00a0M`;
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}

const plural = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;

/** An ended trace of one thread that could wait for nothing. */
export function isEmptyTrace(trace: Trace): boolean {
  return !trace.live && trace.verdict !== null && trace.threads.length <= 1 && trace.objectCount === 0;
}

function alsoOf(second: Finding | undefined): string {
  return second ? `Also: ${second.title}.` : '';
}

function restOf(trace: Trace): string {
  const parts: string[] = [];
  const { verdict } = trace;
  if (trace.live) parts.push(`Recording, ${(trace.durationMs / 1000).toFixed(1)} s.`);
  else if (breaksOff(trace)) parts.push(`The trace breaks off at ${formatTime(trace.durationMs)}.`);
  // That it is cut off is said already.
  const said = verdict?.trace.end === 'truncated' ? 1 : 0;
  if (verdict && verdict.incomplete.length > said) parts.push(`Not complete: ${verdict.incomplete.join(' ')}`);
  return parts.join(' ');
}

/** Sentences after the first are secondary. */
function splitSentence(text: string): readonly [lead: string, sentence: string, rest: string] {
  const colon = text.indexOf(': ');
  const lead = colon > 0 && colon < 40 ? text.slice(0, colon + 1) : '';
  const body = text.slice(lead.length).trimStart();
  const stop = body.search(/\.\s+(?=[A-Z])/);
  return stop < 0 ? [lead, body, ''] : [lead, body.slice(0, stop + 1), body.slice(stop + 1).trim()];
}

function quiet(sentence: string, rest = '', also = ''): VerdictText {
  return { icon: 'note', tone: 'quiet', lead: '', sentence, rest, also, finding: null };
}

export function verdictText(state: Pick<State, 'trace' | 'progress' | 'failure'>): VerdictText {
  const { trace, progress, failure } = state;
  if (failure !== null) return { ...quiet(failure), icon: 'error', tone: 'error' };
  if (!trace || trace.verdict === null) {
    if (!progress) return quiet('Reading the trace.');
    const expected = Math.max(progress.expected, progress.read);
    const sentence = `Reading ${formatCount(progress.read)} of about ${formatCount(expected)} events.`;
    return quiet(sentence, 'Findings follow when all events are read.');
  }
  if (isEmptyTrace(trace)) return quiet('One thread, and nothing it could wait for: no lock, no queue, no message.');
  const worst = trace.verdict.findings[0];
  if (!worst || worst.severity === 'note') {
    const longest = trace.longestWaitMs > 0 ? `, longest wait ${formatDuration(trace.longestWaitMs)}` : '';
    const counts = `${plural(trace.threads.length, 'thread')}, ${plural(trace.locks, 'lock')}${longest}.`;
    const { ending } = trace.verdict;
    const nothing = ending === undefined ? 'Nothing stuck, nothing slow' : 'Nothing found';
    return quiet(
      trace.live ? 'Running, nothing stuck.' : `${nothing}: ${counts}`,
      [...(trace.live || ending === undefined ? [] : [ending]), restOf(trace)].filter((part) => part !== '').join(' '),
      alsoOf(worst),
    );
  }
  const [lead, sentence, more] = splitSentence(worst.verdict);
  const isDeadlock = worst.id.endsWith('deadlock') && worst.severity === 'error';
  return {
    icon: isDeadlock ? 'deadlock' : worst.severity,
    tone: worst.severity,
    lead,
    sentence,
    rest: [more, restOf(trace)].filter((part) => part !== '').join(' '),
    also: alsoOf(trace.verdict.findings.slice(1).find((finding) => finding.severity !== 'note')),
    finding: worst,
  };
}
