/** What the picture needs to know of the findings: the deadlocks' cycles, and who is stuck behind an error. */
import type { CircleMember } from '../../src/protocol/verdict.js';
import type { Trace } from '../store.js';

export interface Cycle {
  readonly finding: number;
  /** In the order of the circle: each waits for the next, the last for the first. */
  readonly members: readonly CircleMember[];
  /** When the circle closed: the last of its waits began, in ns. */
  readonly since: number;
}

/** The deadlocks of a trace, in the order of its findings. */
export function cyclesOf(trace: Trace): Cycle[] {
  return (trace.verdict?.findings ?? []).flatMap(({ circle }, finding) =>
    circle.length === 0
      ? []
      : [{ finding, members: circle, since: Math.max(...circle.map((member) => member.waitStartMs)) * 1e6 }],
  );
}

/** The threads that only wait behind an error. */
export function stuckThreads(trace: Trace): Set<number> {
  const errors = trace.verdict?.findings.filter((finding) => finding.severity === 'error') ?? [];
  return new Set(errors.flatMap((finding) => finding.stuckBehind.map((thread) => thread.id)));
}
