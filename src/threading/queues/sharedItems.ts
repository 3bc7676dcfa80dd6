/**
 * Items that hold shared memory: primitives, Threads, SharedArrayBuffers. Shared memory cannot lie in shared memory. It
 * crosses threads in messages only, so such an item is broadcast to all threads that have a queue, and the queue's memory
 * holds no more than its address. Each thread keeps what it hears until the item is taken by anybody:
 *
 * - A message is in everybody's inbox before the address is in the queue, and an inbox can be read without the event loop
 *   (`receiveMessageOnPort`). So the putter may end, or be terminated, right after its put.
 * - A thread that comes later gets what waits in a queue together with the queue: see {@link waitingItems}.
 * - What was put between a queue's sending and its arrival is asked for. Any thread that has heard of it answers: when its
 *   event loop turns, or when it waits in this library, from where {@link serve} is called.
 *
 * An item is out of reach only while every thread that could answer is gone or blocked outside of the library.
 */
import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';
import { LIBRARY_CHANNEL } from '../../probe/probe.js';
import { raw } from '../recording.js';
import { THREAD_WORD, threadCells } from '../threads/threadMemory.js';
import { ownStart } from '../threads/threadStart.js';
import { whileWaiting } from '../waiting/timeout.js';

/** Unique in the process: a random number of the thread, and how many it sent before. */
export interface Address {
  readonly sender: number;
  readonly count: number;
}

/** An item that waits in a queue. */
export interface SharedItem extends Address {
  /** The number of the queue. */
  readonly queue: number;
  readonly item: unknown;
  /** One word: 1 until the item is taken. */
  readonly ticket: Int32Array;
}

type Message =
  | { readonly waiting: SharedItem }
  | { readonly taken: Address }
  /** `memory`: of the queue where somebody waits for the answer. */
  | { readonly wanted: Address; readonly memory: SharedArrayBuffer };

const own = Math.floor(Math.random() * 2 ** 52);
let sent = 0;

const known = new Map<string, SharedItem>();
/** When so many are known, those that nobody told of are looked for: taken by a thread that was terminated. */
let sweepAt = 64;

let channel: BroadcastChannel | undefined;
let ring: (memory: SharedArrayBuffer) => void = () => {};

const nameOf = ({ sender, count }: Address): string => `${sender} ${count}`;

const isWaiting = ({ ticket }: SharedItem): boolean => raw.load(ticket, 0) === 1;

/**
 * From now on this thread hears of such items. The channel keeps no process alive, and a recorder leaves it out.
 * @param wake wakes whoever waits at the queue of a memory
 */
export function listen(wake: (memory: SharedArrayBuffer) => void): void {
  if (channel !== undefined) return;
  ring = wake;
  channel = new BroadcastChannel(LIBRARY_CHANNEL);
  channel.onmessage = (event) => hear((event as { data: Message }).data);
  channel.unref();
  whileWaiting(serve);
}

/** Hears what has arrived. To be called whenever a wait looks again. */
export function serve(): void {
  if (channel === undefined) return;
  for (;;) {
    const received = receiveMessageOnPort(channel as never);
    if (received === undefined) return;
    hear(received.message as Message);
  }
}

function hear(message: Message): void {
  if ('waiting' in message) keep(message.waiting);
  else if ('taken' in message) known.delete(nameOf(message.taken));
  else {
    const waiting = known.get(nameOf(message.wanted));
    if (waiting === undefined || !isWaiting(waiting)) return;
    post({ waiting });
    ring(message.memory);
  }
}

function keep(item: SharedItem): void {
  const name = nameOf(item);
  if (known.has(name) || !isWaiting(item)) return;
  known.set(name, item);
  if (known.size < sweepAt) return;
  for (const [name, item] of known) if (!isWaiting(item)) known.delete(name);
  sweepAt = 2 * known.size + 64;
}

function post(message: Message): void {
  channel?.postMessage(message);
}

/** Tells all threads of an item; its address can be put into the queue then. */
export function publish(item: unknown, queue: number): Address {
  const ticket = new Int32Array(new SharedArrayBuffer(4));
  ticket[0] = 1;
  // A copy: what becomes of the original afterwards is none of the getter's business.
  const waiting = { sender: own, count: sent++, queue, item: structuredClone(item), ticket };
  post({ waiting });
  keep(waiting);
  return waiting;
}

/** Whether this thread can take it; it may have to {@link request} it. */
export function isKnown(address: Address): boolean {
  const name = nameOf(address);
  if (!known.has(name)) serve();
  return known.has(name);
}

/** Asks the others. The answer rings the queue's bells, and is heard by {@link serve}. */
export function request({ sender, count }: Address, memory: SharedArrayBuffer): void {
  post({ wanted: { sender, count }, memory });
  // Those that sleep in this library look again within a second. The most likely ones are woken at once: who waits at
  // the queue, and who waits for this thread to end.
  ring(memory);
  if (ownStart !== undefined) raw.notify(threadCells(ownStart.memory), THREAD_WORD.STATE);
}

/** The item, which was taken out of its queue or did not get into it: everybody lets go of it. */
export function release(address: Address): unknown {
  const name = nameOf(address);
  const waiting = known.get(name);
  if (waiting === undefined) return undefined;
  known.delete(name);
  raw.store(waiting.ticket, 0, 0);
  const { sender, count } = address;
  post({ taken: { sender, count } });
  return waiting.item;
}

/** What goes with a queue that crosses to another thread. */
export function waitingItems(queue: number): SharedItem[] {
  serve();
  return [...known.values()].filter((item) => item.queue === queue && isWaiting(item));
}

/** What came with it. */
export function adoptItems(items: readonly SharedItem[]): void {
  items.forEach(keep);
}
