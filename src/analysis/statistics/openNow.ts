import type { Hold, Wait } from '../../model/intervals.js';
import type { Model } from '../../model/model.js';

/** Waits that are not over, of threads and of what waits for them in their event loops. */
export function* openWaits({ threads }: Model): Generator<Wait> {
  for (const { wait, isEnded, asyncWaits, requests } of threads.values()) {
    if (isEnded) continue;
    if (wait !== null) yield wait;
    for (const waits of asyncWaits.values()) yield* waits;
    for (const { wait: own } of requests.values()) if (own !== null) yield own;
  }
}

/** Locks that are held by threads that live. */
export function* openHolds({ threads }: Model): Generator<Hold> {
  for (const { holds, isEnded } of threads.values()) if (!isEnded) yield* holds;
}
