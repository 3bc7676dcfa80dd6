/**
 * Sentinels: an item that means "there is no more". A worker who takes it stops, and has taken it away from the others: so
 * there is one for each worker.
 *
 * Picture: a worker that has started takes jobs, with a sleep for each. At the end all three end by themselves, for each
 * has had its sentinel, and main's joins with them.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

export const work = threadFunction(import.meta.url, 'work', (jobs: Queue<number | null>) => {
  for (let job = jobs.get(); job !== null; job = jobs.get()) {
    sleep(40);
    print(`${currentThread().name}: job ${job}`);
  }
  print(`${currentThread().name}: no more jobs`);
});

if (isMainThread) {
  const jobs = new Queue<number | null>();
  const workers = [1, 2, 3].map((number) => new Thread(work, [jobs], { name: `worker ${number}` }));
  for (const worker of workers) worker.start();
  for (let job = 1; job <= 12; job++) jobs.put(job);
  workers.forEach(() => jobs.put(null));
  for (const worker of workers) worker.join();
}
