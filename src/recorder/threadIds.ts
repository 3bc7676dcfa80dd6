/**
 * The collector's thread takes one real thread id. This is the only place that knows: everything that shows or takes a
 * thread id goes through here, so that the program counts its threads as if nobody recorded it.
 */
import { realThreadId } from './raw.js';

/** The collector's real id; Infinity while there is none. */
let collector = Infinity;

export function hideCollector(realId: number): void {
  collector = realId;
}

export const collectorId = (): number => collector;

/** What the program sees for a real id. -1, Node's word for an ended worker, stays. */
export const visibleId = (realId: number): number => (realId > collector ? realId - 1 : realId);

export const ownVisibleId = (): number => visibleId(realThreadId);
