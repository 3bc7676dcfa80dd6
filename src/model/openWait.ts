import type { Wait } from './intervals.js';
import type { EventCursor } from './step.js';

/**
 * A wait that begins with this attempt.
 * @param owner who has the lock that is waited for; of other things, or when nobody is known, undefined
 */
export function openWait(
  { thread, op, object, stack, sampled, arg, t }: EventCursor,
  family: Wait['family'],
  timeoutMs: number | null,
  owner: number | undefined,
): Wait {
  return {
    thread: thread.id,
    family,
    op,
    object,
    stack,
    sampled,
    arg,
    since: t,
    until: t,
    timeoutMs,
    outcome: 'open',
    endedByThread: -1,
    endedByStack: -1,
    ownerAtStart: owner ?? -1,
  };
}
