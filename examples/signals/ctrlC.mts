/**
 * Ctrl-C sets an Event, and the threads end their work in order. Node tells of Ctrl-C through main's event loop, so main
 * must not block: it awaits the end of its threads with `joinAsync` instead of `join`.
 *
 * Picture: two workers wait for `stop` in pieces of the same length, their rounds. Main is in its event loop; where it runs
 * again, the signal has arrived, and the pieces of both workers end early, and then they themselves.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, Event, print, Thread, threadFunction } from 'threadlanes';

export const work = threadFunction(import.meta.url, 'work', (stop: Event) => {
  while (!stop.wait(30));
  print(`${currentThread().name} has put everything away`);
});

if (isMainThread) {
  const stop = new Event();
  process.once('SIGINT', () => {
    print('main: Ctrl-C');
    stop.set();
  });
  const threads = [1, 2].map((number) => new Thread(work, [stop], { name: `worker ${number}` }));
  for (const thread of threads) thread.start();
  print('press Ctrl-C');
  // Nobody presses? Then the example does it by itself.
  setTimeout(() => process.emit('SIGINT'), 300).unref();
  for (const thread of threads) await thread.joinAsync();
}
