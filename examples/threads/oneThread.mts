/**
 * Starting one thread, and waiting for its end. `start` returns at once: from then on main and the thread run side by
 * side, until main waits in `join`.
 *
 * Picture: main runs on after the start, and waits in join long before "greeter" has run a line: a thread needs some time
 * to begin. Greeter sleeps in its middle; where it ends, main goes on.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, sleep, Thread, threadFunction } from 'threadlanes';

// A thread imports this module anew and looks its function up by the name that it is exported by. So the function is
// exported, and what only main shall do stands behind `isMainThread`.
export const greet = threadFunction(import.meta.url, 'greet', (whom: string) => {
  print(`thread: hello ${whom}, I need a moment`);
  sleep(50);
  print('thread: done');
});

if (isMainThread) {
  print('main: before there is a thread');
  const thread = new Thread(greet, ['world'], { name: 'greeter' });
  print('main: before it runs');
  thread.start();
  print('main: it runs, and I wait for its end');
  thread.join();
  print('main: done');
}
