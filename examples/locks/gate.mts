/**
 * A lock as a gate: main takes it before it starts the runners, and nobody gets through until main lets go. It works. What
 * is waited for here is no data that a lock guards but a moment: signals/startingShot.mts says that better.
 *
 * Picture: main holds `gate` from the start; three runners are blocked at it, one below the other. Where main releases it,
 * they pass one after the other, each with a sliver of a hold.
 * Verdict: a note of contention. Three threads wait long for a lock, and main holds it meanwhile. That is what it looks like,
 * and what it is; but three waits are too few to warn of.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, Lock, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

export const run = threadFunction(import.meta.url, 'run', (gate: Lock, present: Queue<string>) => {
  present.put(currentThread().name);
  gate.acquire();
  print(`${currentThread().name} is through`);
  gate.release();
});

if (isMainThread) {
  const gate = new Lock();
  const present = new Queue<string>();
  gate.acquire();
  const threads = [1, 2, 3].map((number) => new Thread(run, [gate, present], { name: `runner ${number}` }));
  for (const thread of threads) thread.start();
  threads.forEach(() => print(`${present.get()} is here`));
  sleep(100);
  print('main: go!');
  gate.release();
  for (const thread of threads) thread.join();
}
