/** What is not over yet: states, waits and holds that go on. */
import type { Nanos } from '../base/brand.js';
import type { Model } from './model.js';

/** Tells the listeners what is not over yet, as far as it has come. It goes on: the same waits and holds come again. */
export function tellUnfinished({ threads, audience }: Model, now: Nanos): void {
  for (const thread of threads.values()) {
    if (thread.isEnded) continue;
    for (const hold of thread.holds) {
      hold.until = now;
      audience.hold(hold);
    }
    if (thread.wait !== null) thread.wait.until = now;
    audience.state(thread, now, thread.wait);
    if (thread.wait !== null) audience.wait(thread.wait);
    for (const waits of thread.asyncWaits.values()) {
      for (const wait of waits) {
        wait.until = now;
        audience.wait(wait);
      }
    }
    for (const { wait } of thread.requests.values()) {
      if (wait === null) continue;
      wait.until = now;
      audience.wait(wait);
    }
  }
}

/** Since when somebody waits for what only others can end; Infinity: nobody does. */
export function oldestEndlessWait({ threads, inference }: Model): number {
  let oldest = Infinity;
  for (const { wait, isEnded, requests, polling } of threads.values()) {
    if (isEnded) continue;
    if (polling !== null && inference.isUsedAsLock(polling.word)) oldest = Math.min(oldest, polling.since);
    if (wait?.timeoutMs === null) oldest = Math.min(oldest, wait.since);
    for (const { wait: own, isBounded } of requests.values()) {
      if (own !== null && !isBounded) oldest = Math.min(oldest, own.since);
    }
  }
  return oldest;
}
