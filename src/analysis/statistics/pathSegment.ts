import { THREAD_STATE } from '../../model/threadState.js';

/**
 * What a thread does on the critical path. `wakes`: what it waited for was there, and it did not go on yet; `starts`: from
 * its start to its first event; `waits`: nobody is known to have ended the wait (a sleep, a timeout, the world outside);
 * `loop`: in its event loop, and nobody is known to have woken it.
 */
export type PathActivity = 'runs' | 'wakes' | 'waits' | 'loop' | 'starts' | 'ended' | 'unknown';

export interface PathSegment {
  readonly thread: number;
  readonly what: PathActivity;
  /** The wait's op code, or 0. */
  readonly op: number;
  readonly object: number;
  /** Of a run: where it ended. Of a wait: where it began. */
  readonly stack: number;
  readonly from: number;
  readonly to: number;
}

const ofState: readonly (readonly [state: number, what: PathActivity])[] = [
  [THREAD_STATE.notStarted, 'starts'],
  [THREAD_STATE.running, 'runs'],
  [THREAD_STATE.loop, 'loop'],
  [THREAD_STATE.ended, 'ended'],
  [THREAD_STATE.livesOn, 'ended'],
  [THREAD_STATE.unknown, 'unknown'],
];
const activities = new Map(ofState);

export function activityOf(state: number): PathActivity {
  return activities.get(state) ?? 'waits';
}
