/**
 * A gate that says what it is: three runners wait for an Event, and one `set` lets all of them through at once. The
 * same with a lock, and what that looks like, is locks/gate.mts.
 *
 * Picture: three runners wait for `go`, one below the other. All three waits end at the same moment: where main wakes and
 * sets it.
 * Verdict: nothing to report. An event is there to be waited for.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, Event, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

export const run = threadFunction(import.meta.url, 'run', (go: Event, present: Queue<string>) => {
  present.put(currentThread().name);
  go.wait();
  print(`${currentThread().name} runs`);
});

if (isMainThread) {
  const go = new Event();
  const present = new Queue<string>();
  const threads = [1, 2, 3].map((number) => new Thread(run, [go, present], { name: `runner ${number}` }));
  for (const thread of threads) thread.start();
  threads.forEach(() => print(`${present.get()} is here`));
  sleep(100);
  print('main: go!');
  go.set();
  for (const thread of threads) thread.join();
}
