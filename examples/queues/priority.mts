/**
 * The most urgent first: a PriorityQueue gives the item with the lowest number, and of equal ones the oldest. The number is
 * the first element of the item, or what a function says, or what is given with the put.
 *
 * Picture: main has put four patients before it waits in join; "doctor" takes them in one go. Neither waits for the other
 * in a put or a get.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, PriorityQueue, Thread, threadFunction } from 'threadlanes';

type Patient = [urgency: number, complaint: string];

export const treat = threadFunction(import.meta.url, 'treat', (patients: PriorityQueue<Patient>) => {
  while (!patients.empty()) {
    const [urgency, complaint] = patients.get();
    print(`${urgency}: ${complaint}`);
  }
});

if (isMainThread) {
  const patients = new PriorityQueue<Patient>();
  patients.put([3, 'a cold']);
  patients.put([1, 'a broken leg']);
  patients.put([3, 'a headache']);
  patients.put([2, 'a fever']);
  const doctor = new Thread(treat, [patients], { name: 'doctor' });
  doctor.start();
  doctor.join();
}
