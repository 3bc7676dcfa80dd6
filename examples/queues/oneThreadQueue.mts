/**
 * A queue in one thread: put in, taken out in the same order. It holds five items at most; `putNowait` on a full one and
 * `getNowait` on an empty one throw instead of waiting. With nobody else there, a wait would never end.
 *
 * Picture: one lane that runs and ends: there is always room to put in, or something to take out, so it never waits.
 * Verdict: nothing to report.
 */
import { Empty, Full, print, Queue } from 'threadlanes';

const queue = new Queue<string>(5);

for (const item of ['one', 'two', 'three', 'four', 'five']) {
  queue.put(item);
  print(`in: ${item}, ${queue.qsize()} in the queue`);
}
try {
  queue.putNowait('six');
} catch (error) {
  print(`six does not fit: ${error instanceof Full}`);
}

while (!queue.empty()) print(`out: ${queue.get()}, ${queue.qsize()} left`);
try {
  queue.getNowait();
} catch (error) {
  print(`no more: ${error instanceof Empty}`);
}
