/** How a thread sleeps at a queue until it can do what it came for. */
import { OP } from '../../trace/ops.js';
import type { Named } from '../crossing/handle.js';
import { probe, raw } from '../recording.js';
import { deadlineOf, RECHECK_MILLIS, recordedTimeout, remaining } from '../waiting/timeout.js';
import { listenTo, ringBell, sleepAt, stopListening, WAITS, type WaitKind } from './queueBells.js';
import { ASK_AT_MOST_MILLIS, outOfReach, type Refusal } from './queueRefusals.js';

/**
 * What is about to come is cheaper to look for a few times than to sleep for, for both sides. In between nothing that others
 * write is touched, for about a microsecond: then they do more at a time, and so does this thread afterwards.
 */
const LOOKS = 5;
/** Turns of a loop. */
const PAUSE = 1000;

/** How often the others are asked for an item. */
const ASK_MILLIS = 20;

/** What is waited for, and where. */
export interface QueueWait {
  readonly kind: WaitKind;
  readonly cells: Int32Array;
  /** The id that the recorder knows the queue by. */
  readonly object: number;
  readonly who: Named;
  /** Meets all that are inside of the queue's locks. */
  readonly meet: () => void;
}

/**
 * Repeats `attempt`, which says why it cannot succeed yet, until it does, the queue is closed, or the time is up. Gives the
 * refusal, or `undefined` for success.
 */
export function waitUntil(
  { kind, cells, object, who, meet }: QueueWait,
  timeout: number,
  attempt: () => Refusal | undefined,
): Refusal | undefined {
  const { bell, op } = WAITS[kind];
  if (probe !== undefined) probe.record(OP[op], object, undefined, recordedTimeout(timeout));
  const deadline = deadlineOf(timeout);
  let askedSince = Infinity;
  let looks = LOOKS;
  for (;;) {
    if (looks-- > 0 && remaining(deadline) > 0) {
      pause();
      const early = attempt();
      if (early === undefined || early === 'closed') return early;
      // Nothing that happens at this queue helps, and the others were asked.
      if (early === 'unheard') looks = 0;
      continue;
    }
    // Listened before the attempt: a change after it rings.
    const heard = listenTo(cells, bell);
    try {
      meet();
      const refusal = attempt();
      if (refusal === undefined || refusal === 'closed') return refusal;
      const left = remaining(deadline);
      if (left === 0) return 'timeout';
      if (refusal === 'unheard') {
        askedSince = Math.min(askedSince, performance.now());
        if (performance.now() - askedSince > ASK_AT_MOST_MILLIS) throw outOfReach(object, who);
        raw.wait(cells, bell, raw.load(cells, bell), Math.min(left, ASK_MILLIS));
      } else {
        sleepAt(cells, bell, heard, Math.min(left, RECHECK_MILLIS));
      }
    } catch (error) {
      // This thread may be the one that was woken for what another one can still do.
      ringBell(cells, kind);
      throw error;
    } finally {
      stopListening(cells, bell, heard);
    }
  }
}

let turns = 0;

function pause(): void {
  for (let i = 0; i < PAUSE; i++) turns = (turns + i) | 0;
}
