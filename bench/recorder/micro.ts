/**
 * One thread, what single calls cost: run bare and under the recorder, the same program. Prints a JSON object of
 * nanoseconds by name.
 */
import { createRequire } from 'node:module';
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import type * as library from '../../src/index.js';
import type * as mutex from './mutex.js';
import type * as probed from './probed.js';
import { nsOfEach, type Measured } from './slices.js';

// The built package, as a program uses it, and files of their own.
const load = createRequire(__filename);
const { Lock, RLock, Event, Queue } = load('threadlanes') as typeof library;
const { Mutex } = load('./mutex.cjs') as typeof mutex;
const { events, wait } = load('./probed.cjs') as typeof probed;

/** Threaded, so that everything is recorded that ever will be. */
const idle = new Worker('setInterval(() => {}, 1e6)', { eval: true });

const calls: Measured[] = [];
const measure = (name: string, call: () => void): void => void calls.push({ name, call });

function collectClocks(): void {
  measure('performance.now', () => void performance.now());
  measure('performance.mark', () => {
    performance.mark('x');
    performance.clearMarks();
  });
}

/** Apart from the others: what uses Atomics itself counts as a lock's own code. */
function collectAtomics(): void {
  const words = new Int32Array(new SharedArrayBuffer(64));
  measure('Atomics.compareExchange + store', () => {
    Atomics.compareExchange(words, 0, 0, 1);
    Atomics.store(words, 0, 0);
  });
  measure('Atomics.compareExchange, missed', () => void Atomics.compareExchange(words, 0, 5, 1));
  let turn = 0;
  measure('Atomics.exchange', () => void Atomics.exchange(words, 1, turn++));
  measure('Atomics.add', () => void Atomics.add(words, 2, 1));
  measure('Atomics.sub', () => void Atomics.sub(words, 2, 1));
  measure('Atomics.and', () => void Atomics.and(words, 5, turn++));
  measure('Atomics.or', () => void Atomics.or(words, 6, turn++));
  measure('Atomics.xor', () => void Atomics.xor(words, 2, 1));
  measure('Atomics.load', () => void Atomics.load(words, 2));
  measure('Atomics.notify, nobody waits', () => void Atomics.notify(words, 3));
  measure('Atomics.wait, unequal', () => void Atomics.wait(words, 4, 1));
  measure('Atomics.wait, 0 ms', () => void Atomics.wait(words, 4, 0, 0));
}

function collectMessages(): void {
  const { port1, port2 } = new MessageChannel();
  measure('postMessage + receiveMessageOnPort', () => {
    port1.postMessage(1);
    receiveMessageOnPort(port2);
  });
  measure('the same, an object', () => {
    port1.postMessage({ a: 1, b: 'two' });
    receiveMessageOnPort(port2);
  });
  measure('new MessageChannel + close', () => {
    const channel = new MessageChannel();
    channel.port1.close();
  });
}

function collectLocks(): void {
  const own = new Mutex();
  measure('a mutex on Atomics, acquire + release', () => {
    own.acquire();
    own.release();
  });
  const lock = new Lock();
  measure('Lock acquire + release', () => {
    lock.acquire();
    lock.release();
  });
  const rlock = new RLock();
  measure('RLock acquire + release', () => {
    rlock.acquire();
    rlock.release();
  });
  const event = new Event();
  measure('Event set + clear', () => {
    event.set();
    event.clear();
  });
  const queue = new Queue<object>(4);
  const item = { a: 1 };
  measure('Queue put + get', () => {
    queue.put(item);
    queue.get();
  });
}

idle.once('online', () => {
  collectClocks();
  collectAtomics();
  collectMessages();
  collectLocks();
  const figures = nsOfEach([...calls, ...events()], wait);
  process.stdout.write(JSON.stringify(figures), () => process.exit(0));
});
