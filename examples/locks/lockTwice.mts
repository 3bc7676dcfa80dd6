/**
 * Taking a lock twice. `deposit` holds the lock and calls `setBalance`, which takes it too, and waits for the one thread
 * that will never release it: itself. A Lock counts no owner's visits; the mended version is locks/rlockTwice.mts.
 *
 * Picture: "teller" holds `lock`, and is blocked at the same lock from there on, in red, until the program is ended. Main
 * waits behind it in join.
 * Verdict: self-deadlock, with the line that took the lock first and the line that wants it again.
 */
import { isMainThread } from 'node:worker_threads';
import { Lock, print, Thread, threadFunction } from 'threadlanes';

function setBalance(account: Int32Array, lock: Lock, balance: number): void {
  lock.acquire(); // waits for ever
  account[0] = balance;
  lock.release();
}

export const deposit = threadFunction(import.meta.url, 'deposit', (account: Int32Array, lock: Lock, amount: number) => {
  lock.acquire();
  print('the teller holds the lock');
  setBalance(account, lock, account[0]! + amount);
  print('never printed');
  lock.release();
});

if (isMainThread) {
  const account = new Int32Array(new SharedArrayBuffer(4));
  const lock = new Lock();
  const teller = new Thread(deposit, [account, lock, 100], { name: 'teller' });
  teller.start();
  teller.join();
}
