/**
 * A thread as a class: what it works on are its properties, what it does is its method `run`, and what `run` returns is
 * its `result` once it has ended. The properties are copied to the thread: what `run` changes in them stays there.
 *
 * Picture: the lanes "sum to 1000000" and "sum to 2000000" run, without any wait; main waits in join for one after the
 * other.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, Thread, threadClass } from 'threadlanes';

export const SummingThread = threadClass(
  import.meta.url,
  'SummingThread',
  class extends Thread<number> {
    readonly limit: number;

    constructor(limit: number) {
      super({ name: `sum to ${limit}` });
      this.limit = limit;
    }

    override run(): number {
      let sum = 0;
      for (let number = 1; number <= this.limit; number++) sum += number;
      return sum;
    }
  },
);

if (isMainThread) {
  const threads = [new SummingThread(1_000_000), new SummingThread(2_000_000)];
  for (const thread of threads) thread.start();
  for (const thread of threads) {
    thread.join();
    print(`${thread.name}: ${thread.result}`);
  }
}
