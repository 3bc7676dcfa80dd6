/**
 * `acquire` with a timeout, and what goes wrong after it. "hasty" does not look at what acquire gives: false means that it
 * does not hold the lock. It goes on, changes what "careful" is working on, and releases a lock that is not its own. A
 * Lock may be released by anybody, so the mistake shows elsewhere: careful's own release finds the lock unlocked.
 *
 * Picture: "careful" holds `lock`; "hasty" is blocked at it until its time is up, and then ends careful's hold: the band
 * stops in the middle of careful's sleep.
 * Verdict: nothing to report. No thread is stuck, and a lock that somebody else releases may be meant so.
 */
import { isMainThread } from 'node:worker_threads';
import { Event, Lock, print, sleep, Thread, threadFunction } from 'threadlanes';

export const workCarefully = threadFunction(import.meta.url, 'workCarefully', (lock: Lock, isHeld: Event) => {
  lock.acquire();
  isHeld.set();
  sleep(200);
  try {
    lock.release();
  } catch (error) {
    print(`careful: ${(error as Error).message}`);
  }
});

export const workHastily = threadFunction(import.meta.url, 'workHastily', (lock: Lock, isHeld: Event) => {
  isHeld.wait();
  lock.acquire({ timeout: 20 }); // should be: if (!lock.acquire({ timeout: 20 })) return;
  print('hasty: now I change what I do not hold');
  lock.release();
});

if (isMainThread) {
  const lock = new Lock();
  const isHeld = new Event();
  const threads = [
    new Thread(workCarefully, [lock, isHeld], { name: 'careful' }),
    new Thread(workHastily, [lock, isHeld], { name: 'hasty' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
}
