/**
 * One thread, what single calls cost: run bare and under the recorder, the same program. Prints a JSON object of
 * nanoseconds by name.
 */
import { createRequire } from 'node:module';
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import type * as library from '../../src/index.js';
import { findProbe } from '../../src/probe/probe.js';
import { OP } from '../../src/trace/ops.js';
import { nsOfEach, type Measured } from './slices.js';

// The built package, as a program uses it.
const { Lock, RLock, Event, Queue } = createRequire(__filename)('threadlanes') as typeof library;

/** Threaded, so that everything is recorded that ever will be. */
const idle = new Worker('setInterval(() => {}, 1e6)', { eval: true });

const calls: Measured[] = [];
const measure = (name: string, call: () => void): void => void calls.push({ name, call });

function collectAll(): void {
  measure('performance.now', () => void performance.now());
  measure('performance.mark', () => {
    performance.mark('x');
    performance.clearMarks();
  });

  const words = new Int32Array(new SharedArrayBuffer(64));
  measure('Atomics.compareExchange + store', () => {
    Atomics.compareExchange(words, 0, 0, 1);
    Atomics.store(words, 0, 0);
  });
  measure('Atomics.compareExchange, missed', () => void Atomics.compareExchange(words, 0, 5, 1));
  measure('Atomics.exchange', () => void Atomics.exchange(words, 1, 3));
  measure('Atomics.add', () => void Atomics.add(words, 2, 1));
  measure('Atomics.sub', () => void Atomics.sub(words, 2, 1));
  measure('Atomics.and', () => void Atomics.and(words, 2, 7));
  measure('Atomics.or', () => void Atomics.or(words, 2, 1));
  measure('Atomics.xor', () => void Atomics.xor(words, 2, 1));
  measure('Atomics.load', () => void Atomics.load(words, 2));
  measure('Atomics.notify, nobody waits', () => void Atomics.notify(words, 3));
  measure('Atomics.wait, unequal', () => void Atomics.wait(words, 4, 1));
  measure('Atomics.wait, 0 ms', () => void Atomics.wait(words, 4, 0, 0));

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

  const probe = findProbe();
  if (!probe) return;
  const object = probe.define({ kind: 'semaphore', name: 'bench' });
  const { record } = probe;
  measure('event without a site', () => record(OP['loop.sample'], 0, 0));
  measure('event, site within its budget', () => record(OP['semaphore.release'], object, 1));
  measure('event, a stack each', () => record(OP['thread.terminate'], 0));
}

idle.once('online', () => {
  collectAll();
  const figures = nsOfEach(calls, findProbe()?.raw.wait ?? Atomics.wait);
  process.stdout.write(JSON.stringify(figures), () => process.exit(0));
});
