/** What the picture needs to know of the findings: the deadlocks' cycles, and who is stuck behind an error. */
import type { CycleMember } from '../../src/protocol/messages.js';
import type { Trace } from '../store.js';

export interface Cycle {
  readonly finding: number;
  /** In the order of the circle: each waits for the next, the last for the first. */
  readonly members: readonly CycleMember[];
  /** When the circle closed: the last of its waits began, in ns. */
  readonly since: number;
}

function inCircle(members: readonly CycleMember[]): CycleMember[] {
  const byThread = new Map(members.map((member) => [member.thread, member]));
  const circle: CycleMember[] = [];
  let next = members[0];
  while (next && byThread.delete(next.thread)) {
    circle.push(next);
    next = byThread.get(next.waitsForThread);
  }
  return [...circle, ...byThread.values()];
}

/** The deadlocks of a trace, in the order of its findings. */
export function cyclesOf(trace: Trace): Cycle[] {
  return trace.marks
    .filter((mark) => mark.cycle.length > 0)
    .map((mark) => ({
      finding: mark.index,
      members: inCircle(mark.cycle),
      since: Math.max(...mark.cycle.map((member) => member.waitStartMs)) * 1e6,
    }));
}

/** The threads that only wait behind an error. */
export function stuckThreads(trace: Trace): Set<number> {
  const errors = trace.verdict?.findings.filter((finding) => finding.severity === 'error') ?? [];
  return new Set(errors.flatMap((finding) => finding.stuckBehind.map((thread) => thread.id)));
}
