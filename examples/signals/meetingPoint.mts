/**
 * A Barrier: nobody goes on before all are there. Three hikers walk at their own pace, and wait for each other at every
 * hut. `wait` gives each of them another number: the one who gets 0 prints where they are.
 *
 * Picture: three lanes that sleep for different times, then wait at `hut` for the slowest; all go on at the same moment,
 * three times.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Barrier, print, sleep, Thread, threadFunction } from 'threadlanes';

export const walk = threadFunction(import.meta.url, 'walk', (hut: Barrier, pace: number) => {
  for (let day = 1; day <= 3; day++) {
    sleep(pace);
    if (hut.wait() === 0) print(`day ${day}: all are there`);
  }
});

if (isMainThread) {
  const hut = new Barrier(3);
  const hikers = [10, 20, 30].map((pace) => new Thread(walk, [hut, pace], { name: `hiker with pace ${pace}` }));
  for (const hiker of hikers) hiker.start();
  for (const hiker of hikers) hiker.join();
}
