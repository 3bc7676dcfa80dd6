/**
 * Taking a lock twice, with an RLock: it knows its owner, and counts how often he has taken it. It is free for others when
 * he has released it as often.
 *
 * Picture: the hold below "teller" goes from the first acquire to the second release, without a gap where the lock is taken
 * again. "auditor" wants it, too, and holds it after that.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Event, print, RLock, sleep, Thread, threadFunction } from 'threadlanes';

function setBalance(account: Int32Array, lock: RLock, balance: number): void {
  lock.with(() => {
    sleep(10);
    account[0] = balance;
  });
}

export const deposit = threadFunction(
  import.meta.url,
  'deposit',
  (account: Int32Array, lock: RLock, isHeld: Event, amount: number) => {
    lock.with(() => {
      isHeld.set();
      setBalance(account, lock, account[0]! + amount);
      print('the teller has taken the lock twice');
    });
  },
);

export const audit = threadFunction(import.meta.url, 'audit', (account: Int32Array, lock: RLock, isHeld: Event) => {
  isHeld.wait();
  lock.with(() => print(`the auditor sees ${account[0]}`));
});

if (isMainThread) {
  const account = new Int32Array(new SharedArrayBuffer(4));
  const lock = new RLock();
  const isHeld = new Event();
  const threads = [
    new Thread(deposit, [account, lock, isHeld, 100], { name: 'teller' }),
    new Thread(audit, [account, lock, isHeld], { name: 'auditor' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
}
