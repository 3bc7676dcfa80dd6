/**
 * Items that are left over. The producer makes eight, the consumer takes five and ends. Nobody fails and nobody waits: the
 * queue has no limit. Three items are simply never looked at, and nothing says so unless somebody asks.
 *
 * Picture: "producer" and "consumer" run and end; a consumer that comes first waits for `parcels`. Nobody is left waiting,
 * and nothing shows that three items are left.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, Queue, Thread, threadFunction } from 'threadlanes';

export const produce = threadFunction(import.meta.url, 'produce', (parcels: Queue<string>) => {
  for (let number = 1; number <= 8; number++) parcels.put(`parcel ${number}`);
});

export const consume = threadFunction(import.meta.url, 'consume', (parcels: Queue<string>) => {
  for (let taken = 1; taken <= 5; taken++) print(`took ${parcels.get()}`);
});

if (isMainThread) {
  const parcels = new Queue<string>();
  const threads = [
    new Thread(produce, [parcels], { name: 'producer' }),
    new Thread(consume, [parcels], { name: 'consumer' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`${parcels.qsize()} are left`);
}
