/**
 * `taskDone` and `join`: main waits until all work is done, not until the workers end. The queue counts: each put adds one,
 * each taskDone takes one off, and join waits for zero. The workers are daemons in an endless loop; no sentinel is needed.
 *
 * Picture: two workers take job after job, with a sleep for each. Main waits in the join of `jobs` until the last of them
 * is done. The workers never end: their lanes stop with the process, in a wait for `jobs`.
 * Verdict: nothing to report, though both workers are in a get that nobody will end: daemons are meant to be left so.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

export const work = threadFunction(import.meta.url, 'work', (jobs: Queue<number>) => {
  for (;;) {
    const job = jobs.get();
    sleep(5);
    print(`${currentThread().name}: job ${job} is done`);
    jobs.taskDone();
  }
});

if (isMainThread) {
  const jobs = new Queue<number>();
  for (const number of [1, 2]) new Thread(work, [jobs], { name: `worker ${number}`, daemon: true }).start();
  for (let job = 1; job <= 10; job++) jobs.put(job);
  jobs.join();
  print('main: all jobs are done');
}
