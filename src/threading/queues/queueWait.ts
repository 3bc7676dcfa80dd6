/** How a thread sleeps at a queue until it can do what it came for. */
import { OP } from '../../trace/ops.js';
import type { Named } from '../crossing/handle.js';
import { probe, raw } from '../recording.js';
import { deadlineOf, RECHECK_MILLIS, recordedTimeout, remaining } from '../waiting/timeout.js';
import { WAITS, type WaitKind } from './queueBells.js';
import { WORD } from './queueMemory.js';
import { ASK_AT_MOST_MILLIS, outOfReach, type Refusal } from './queueRefusals.js';

/** What is about to come is cheaper to look for a few times than to sleep for. */
const LOOKS = 60;

/** How often the others are asked for an item. */
const ASK_MILLIS = 20;

/** What is waited for, and where. */
export interface QueueWait {
  readonly kind: WaitKind;
  readonly cells: Int32Array;
  /** The id that the recorder knows the queue by. */
  readonly object: number;
  readonly who: Named;
}

/**
 * Repeats `attempt`, which says why it cannot succeed yet, until it does, the queue is closed, or the time is up. Gives the
 * refusal, or `undefined` for success.
 */
export function waitUntil(
  { kind, cells, object, who }: QueueWait,
  timeout: number,
  attempt: () => Refusal | undefined,
): Refusal | undefined {
  const { sleepers, bell, op } = WAITS[kind];
  if (probe !== undefined) probe.record(OP[op], object, undefined, recordedTimeout(timeout));
  const deadline = deadlineOf(timeout);
  let askedSince = Infinity;
  for (;;) {
    // Counted and heard before the attempt: a change after it rings.
    raw.add(cells, sleepers, 1);
    const heard = raw.load(cells, bell);
    try {
      const version = raw.load(cells, WORD.VERSION);
      const refusal = attempt();
      if (refusal === undefined || refusal === 'closed') return refusal;
      const left = remaining(deadline);
      if (left === 0) return 'timeout';
      if (refusal === 'unheard') {
        askedSince = Math.min(askedSince, performance.now());
        if (performance.now() - askedSince > ASK_AT_MOST_MILLIS) throw outOfReach(object, who);
        raw.wait(cells, bell, raw.load(cells, bell), Math.min(left, ASK_MILLIS));
      } else if (!hasChanged(cells, version)) {
        raw.wait(cells, bell, heard, Math.min(left, RECHECK_MILLIS));
      }
    } finally {
      raw.sub(cells, sleepers, 1);
    }
  }
}

/** Whether something is put or taken in the next moment. */
function hasChanged(cells: Int32Array, version: number): boolean {
  for (let i = 0; i < LOOKS; i++) if (raw.load(cells, WORD.VERSION) !== version) return true;
  return false;
}
