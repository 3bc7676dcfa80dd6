/** Which part of the trace shows what. */
import type { State } from './store.js';
import type { TimeRange } from './timeline/timeScale.js';

/** The share of the picture that stays free at the right while a live trace is followed. */
export const FREE_SHARE = 0.1;

/** The share that the whole trace leaves free there, for what marks its end. */
const END_SHARE = 0.02;

/** The whole trace: from the start of its first thread to its end. */
export function wholeRange({ trace }: Pick<State, 'trace'>): TimeRange {
  if (!trace) return { start: 0, end: 1e9 };
  const first = trace.threads.length > 0 ? Math.min(...trace.threads.map((thread) => thread.startMs)) : 0;
  const start = Math.min(first, trace.durationMs) * 1e6;
  const end = Math.max(trace.durationMs * 1e6, start + 1e6);
  return { start, end: start + (end - start) / (1 - (trace.live ? FREE_SHARE : END_SHARE)) };
}

/** What shows a finding: the cycle from its first hold on, else the span of the finding, with room around. */
export function rangeOfFinding(state: State, index: number): TimeRange | null {
  const finding = state.trace?.verdict?.findings[index];
  if (!finding) return null;
  const whole = wholeRange(state);
  const cycle = finding.circle;
  if (cycle.length === 0 && finding.severity === 'error') {
    // What lasts to the end of the trace is told by how it began.
    const times = finding.locations.map(({ timeMs }) => timeMs).filter((time) => time > 0);
    return rangeOfStory(Math.min(finding.startMs, ...times), finding.startMs, whole);
  }
  if (cycle.length === 0) {
    const room = Math.max((finding.endMs - finding.startMs) * 0.1, 0.01) * 1e6;
    return clamped({ start: finding.startMs * 1e6 - room, end: finding.endMs * 1e6 + room }, whole);
  }
  const closed = Math.max(...cycle.map((member) => member.waitStartMs));
  const begun = Math.min(...cycle.map((member) => (member.holds === 0 ? member.waitStartMs : member.holdStartMs)));
  return rangeOfStory(begun, closed, whole);
}

/** Some room before it began, more after it closed. */
function rangeOfStory(begunMs: number, closedMs: number, whole: TimeRange): TimeRange {
  const story = Math.max(closedMs - begunMs, 1);
  return clamped({ start: (begunMs - story * 0.8) * 1e6, end: (closedMs + story * 2.3) * 1e6 }, whole);
}

/** With what there is of the trace. */
export function clamped(range: TimeRange, whole: TimeRange): TimeRange {
  const start = Math.max(range.start, whole.start);
  return { start, end: Math.max(Math.min(range.end, whole.end), start + 1000) };
}
