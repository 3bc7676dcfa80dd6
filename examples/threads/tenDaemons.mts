/**
 * Ten daemons with names. A process waits for its threads before it ends, but not for daemons: these would go on for ever,
 * and are cut off in the middle of what they do when main has nothing left to do. So a daemon must not do what has to be
 * finished, as writing a file.
 *
 * Picture: ten lanes named "daemon 1" to "daemon 10", sleeping and waking; all of them stop at the same line, where main
 * ends. No lane of theirs has the mark of an end.
 * Verdict: nothing to report. Daemons that are cut off were meant to be.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

export const watch = threadFunction(import.meta.url, 'watch', (present: Queue<string>) => {
  present.put(currentThread().name);
  for (let round = 1; ; round++) {
    print(`${currentThread().name}: round ${round}`);
    sleep(100);
  }
});

if (isMainThread) {
  const present = new Queue<string>();
  for (let number = 1; number <= 10; number++) {
    new Thread(watch, [present], { name: `daemon ${number}`, daemon: true }).start();
  }
  for (let number = 1; number <= 10; number++) present.get();
  sleep(150);
  print('main: I have seen enough');
}
