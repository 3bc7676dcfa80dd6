/** Why an operation of a queue did not do what it was asked for: the event that says so, and the error. */
import { OP, QUEUE_REFUSALS } from '../../trace/ops.js';
import { describe, type Named } from '../crossing/handle.js';
import { probe } from '../recording.js';
import { Closed, Empty, Full } from './queueErrors.js';

/** `unheard`: the next item holds shared memory, and this thread has not heard of it yet. */
export type Refusal = 'full' | 'empty' | 'timeout' | 'closed' | 'unheard';

/** When a get that may block gives up to ask the others for an item. */
export const ASK_AT_MOST_MILLIS = 10_000;

export function recordRefusal(refusal: Refusal, object: number): void {
  if (probe === undefined) return;
  const reason = refusal === 'unheard' ? 'empty' : refusal;
  probe.record(OP['queue.refused'], object, QUEUE_REFUSALS.indexOf(reason));
}

export function refusedPut(refusal: Refusal, object: number, who: Named): Error {
  recordRefusal(refusal, object);
  return refusal === 'closed' ? new Closed(`${describe(who)}: closed`) : new Full(`${describe(who)}: full`);
}

/** @param first why it could not be done at once */
export function refusedGet(refusal: Refusal, first: Refusal, object: number, who: Named): Error {
  recordRefusal(refusal, object);
  if (refusal === 'closed') return new Closed(`${describe(who)}: closed`);
  const why = first === 'unheard' ? ': its next item holds shared memory that has not reached this thread yet' : '';
  return new Empty(`${describe(who)}: empty${why}`);
}

export function outOfReach(object: number, who: Named): Error {
  recordRefusal('timeout', object);
  return new Error(
    `${describe(who)}: the next item holds shared memory, which no thread has handed on for ` +
      `${ASK_AT_MOST_MILLIS / 1000} s: those that have it are gone, or blocked outside of this library. ` +
      'The item stays in the queue. Give the queue to its consumers before such items are put, or keep a thread alive ' +
      'that has the queue',
  );
}
