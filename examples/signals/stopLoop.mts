/**
 * Stopping a loop from outside. A thread cannot be told to stop in the middle of what it does; it has to ask. This one
 * waits for the Event with a timeout: that is its pause between two rounds, and it ends early when the Event is set.
 *
 * Picture: "clock" waits for `stop` in pieces of the same length that time out, and main for `ticks`: each of main's waits
 * ends where clock begins a new one. The last piece is cut short, when main has set `stop`.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Event, print, Queue, Thread, threadFunction } from 'threadlanes';

export const tick = threadFunction(import.meta.url, 'tick', (ticks: Queue<number>, stop: Event) => {
  for (let tick = 1; !stop.wait(20); tick++) ticks.put(tick);
});

if (isMainThread) {
  const ticks = new Queue<number>();
  const stop = new Event();
  const clock = new Thread(tick, [ticks, stop], { name: 'clock' });
  clock.start();
  for (let seen = 0; seen < 5;) {
    seen = ticks.get();
    print(`tick ${seen}`);
  }
  stop.set();
  clock.join();
}
