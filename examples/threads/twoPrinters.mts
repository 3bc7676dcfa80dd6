/**
 * Two threads print at the same time, and main prints too. "both started" appears somewhere among the numbers and letters,
 * and somewhere else in the next run: nothing puts what different threads do in an order unless the program does.
 *
 * Picture: two lanes of many short sleeps, shifted against each other. Main is past both starts and sleeps before the first
 * of them has run a line: a thread needs some time to begin.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, sleep, Thread, threadFunction } from 'threadlanes';

export const printNumbers = threadFunction(import.meta.url, 'printNumbers', () => {
  for (let number = 1; number <= 10; number++) {
    print(number);
    sleep(7);
  }
});

export const printLetters = threadFunction(import.meta.url, 'printLetters', () => {
  for (const letter of 'abcdefghij') {
    print(letter);
    sleep(5);
  }
});

if (isMainThread) {
  const threads = [
    new Thread(printNumbers, [], { name: 'numbers' }),
    new Thread(printLetters, [], { name: 'letters' }),
  ];
  for (const thread of threads) thread.start();
  // Try it without this line: then main is nearly always the first to print.
  sleep(70);
  print('both started');
  for (const thread of threads) thread.join();
}
