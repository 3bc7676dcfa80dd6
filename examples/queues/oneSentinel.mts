/**
 * One sentinel for three workers. The worker who takes it stops; the other two wait for a job that nobody will put any
 * more. queues/sentinels.mts puts one for each; another way is that a worker puts the sentinel back before it stops.
 *
 * Picture: the worker that has taken the sentinel ends. The other two wait in get for `jobs`, and main waits in join for
 * one of them, in red.
 * Verdict: deadlock: main waits for the end of a worker, who waits for an item, which only main has ever put.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

export const work = threadFunction(import.meta.url, 'work', (jobs: Queue<number | null>) => {
  for (let job = jobs.get(); job !== null; job = jobs.get()) {
    sleep(5);
    print(`${currentThread().name}: job ${job}`);
  }
  print(`${currentThread().name}: no more jobs`);
});

if (isMainThread) {
  const jobs = new Queue<number | null>();
  const workers = [1, 2, 3].map((number) => new Thread(work, [jobs], { name: `worker ${number}` }));
  for (const worker of workers) worker.start();
  for (const job of [1, 2, 3, 4, 5, 6, 7, 8, 9, null]) jobs.put(job);
  for (const worker of workers) worker.join();
}
