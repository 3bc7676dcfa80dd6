/**
 * A queue beside what one would build without it: a `MessageChannel`, read synchronously, and a semaphore on `Atomics` that
 * counts the messages. Both send the same items, in turn, in one thread and from one thread to another; each figure is
 * the median of the rounds, each ratio the median of the ratios of the rounds.
 */
import { createRequire } from 'node:module';
import {
  MessageChannel,
  Worker,
  isMainThread,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type * as library from '../../src/index.js';
import { againstGoal, median, row, section } from '../print.js';

const { Queue } = createRequire(__filename)('threadlanes') as typeof library;

const ROUNDS = 9;
const TIMES = 20_000;

const ITEMS: Readonly<Record<string, unknown>> = {
  'a number': 1234.5,
  'a short string': 'page 1234',
  'a small object': { id: 17, url: 'https://example.com/a/b', ok: true, size: 1234.5 },
  '100 bytes': new Uint8Array(100),
};

/** Of the channel's time: a third for what is simplest. */
const GOALS: Readonly<Record<string, number>> = { 'a number': 0.33, 'a short string': 0.33, 'a small object': 1.5 };

interface Pipe {
  put(item: unknown): void;
  get(): unknown;
}

interface Ends {
  readonly port: MessagePort;
  readonly count: Int32Array;
  readonly handle: unknown;
}

function pipesOf({ port, count, handle }: Ends): Readonly<Record<string, Pipe>> {
  return {
    queue: Queue.from(handle),
    channel: {
      put(item) {
        port.postMessage(item);
        Atomics.add(count, 0, 1);
        Atomics.notify(count, 0, 1);
      },
      get() {
        while (Atomics.load(count, 0) === 0) Atomics.wait(count, 0, 0);
        Atomics.sub(count, 0, 1);
        return receiveMessageOnPort(port)?.message;
      },
    },
  };
}

/** Nanoseconds of each call. */
function measure(call: () => void): number {
  const start = performance.now();
  for (let i = 0; i < TIMES; i++) call();
  return ((performance.now() - start) / TIMES) * 1e6;
}

interface Figures {
  readonly queue: number;
  readonly channel: number;
  readonly ratio: number;
}

function inOneThread(item: unknown): Figures {
  const { port1, port2 } = new MessageChannel();
  const count = new Int32Array(new SharedArrayBuffer(4));
  const queue = new Queue();
  const here = pipesOf({ port: port1, count, handle: queue });
  const there = pipesOf({ port: port2, count, handle: queue });
  const figures: Record<string, number[]> = { queue: [], channel: [] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, from] of Object.entries(here)) {
      const to = there[name] ?? from;
      const ns = measure(() => {
        from.put(item);
        to.get();
      });
      // The first one only warms up.
      if (round >= 0) figures[name]?.push(ns);
    }
  }
  port1.close();
  return mediansOf(figures['queue'] ?? [], figures['channel'] ?? []);
}

function betweenThreads(item: unknown): Figures {
  const { port1, port2 } = new MessageChannel();
  const count = new Int32Array(new SharedArrayBuffer(4));
  const queue = new Queue();
  const worker = new Worker(__filename, {
    workerData: { port: port2, count, handle: queue, item },
    transferList: [port2],
  });
  const pipes = pipesOf({ port: port1, count, handle: queue });
  const figures: Record<string, number[]> = { queue: [], channel: [] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, pipe] of Object.entries(pipes)) {
      worker.postMessage(name);
      pipe.get();
      const ns = measure(() => void pipe.get());
      if (round >= 0) figures[name]?.push(ns);
    }
  }
  worker.postMessage(null);
  return mediansOf(figures['queue'] ?? [], figures['channel'] ?? []);
}

function mediansOf(queue: readonly number[], channel: readonly number[]): Figures {
  const ratios = queue.map((ns, round) => ns / (channel[round] as number));
  return { queue: median(queue), channel: median(channel), ratio: median(ratios) };
}

function tell(what: string, { queue, channel, ratio }: Figures): void {
  const goal = GOALS[what];
  const verdict = goal === undefined ? '' : `  ${againstGoal(ratio, goal)}`;
  row(`  ${what}`, `${queue.toFixed(0)} ns, channel ${channel.toFixed(0)} ns, ${ratio.toFixed(2)} ×${verdict}`);
}

if (isMainThread) {
  section('threading: a queue beside a MessageChannel with a semaphore');
  row('put and get in one thread', '');
  for (const [what, item] of Object.entries(ITEMS)) tell(what, inOneThread(item));
  row('put in one thread, get in another', '');
  for (const [what, item] of Object.entries(ITEMS)) tell(what, betweenThreads(item));
} else {
  const { item, ...ends } = workerData as Ends & { item: unknown };
  const pipes = pipesOf(ends);
  parentPort?.on('message', (name: string | null) => {
    if (name === null) process.exit();
    for (let i = 0; i <= TIMES; i++) pipes[name]?.put(item);
  });
}
