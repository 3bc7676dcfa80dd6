/**
 * The collector's thread takes one real thread id. This is the only place that knows: everything that shows or takes a
 * thread id goes through here, so that the program counts its threads as if nobody recorded it.
 */
import { realThreadId } from './raw.js';

/** The collector's real id; Infinity while there is none. */
let collector = Infinity;
let isBeingMade = false;
let isHidden = true;

/**
 * What Node's own code gets for the collector: it keeps ports by thread id, and when the collector ends it must not take
 * those of the thread that the program sees under the collector's real id.
 */
const COLLECTOR_SHOWN = 0x7fffffff;

/** The setting `hide: false`: the program sees the ids as they are. */
export function showCollector(): void {
  isHidden = false;
}

export function hideCollector(realId: number): void {
  collector = realId;
}

/** Makes the collector: the first id that Node's constructor asks for is its own. */
export function hideNext<T>(construct: () => T): T {
  isBeingMade = true;
  try {
    return construct();
  } finally {
    isBeingMade = false;
  }
}

export const collectorId = (): number => collector;

/** What the program sees for a real id. -1, Node's word for an ended worker, stays. */
export function visibleId(realId: number): number {
  if (isBeingMade && realId >= 0) {
    isBeingMade = false;
    collector = realId;
  }
  if (!isHidden) return realId;
  if (realId === collector) return COLLECTOR_SHOWN;
  return realId > collector ? realId - 1 : realId;
}

export const ownVisibleId = (): number => visibleId(realThreadId);
