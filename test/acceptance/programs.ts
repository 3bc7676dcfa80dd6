/**
 * The programs that Threadlanes must be right about, each with names and lines that a test chooses: a verdict may differ
 * in names and lines only. `@tag` in a comment marks a line that a verdict has to name.
 */

/** What varies between two versions of a program. */
export interface Variation {
  readonly names: readonly [string, string];
  readonly objects: readonly [string, string];
  /** Empty lines before the program. */
  readonly padding: number;
}

export const VARIATIONS: readonly Variation[] = [
  { names: ['writer', 'reader'], objects: ['cache', 'index'], padding: 0 },
  { names: ['anna', 'bert'], objects: ['left', 'right'], padding: 17 },
];

const head = (padding: number): string =>
  `${'\n'.repeat(padding)}const { isMainThread } = require('node:worker_threads');
const { Thread, Lock, Event, Queue, sleep, threadFunction } = require('threadlanes');
const { writeSync } = require('node:fs');
if (isMainThread) writeSync(1, 'pid ' + process.pid + '\\n');
`;

/** Two locks in opposite orders; both threads hold their first lock before either asks for its second. */
export function opposite({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
exports.${a} = threadFunction(__filename, '${a}', (${x}, ${y}, mine, others) => {
  ${x}.acquire(); // @holds-a
  mine.set();
  others.wait();
  ${y}.acquire(); // @waits-a
});
exports.${b} = threadFunction(__filename, '${b}', (${x}, ${y}, mine, others) => {
  ${y}.acquire(); // @holds-b
  mine.set();
  others.wait();
  ${x}.acquire(); // @waits-b
});
if (isMainThread) {
  const ${x} = new Lock();
  const ${y} = new Lock();
  const one = new Event();
  const two = new Event();
  const threads = [
    new Thread(exports.${a}, [${x}, ${y}, one, two], { name: '${a}' }),
    new Thread(exports.${b}, [${x}, ${y}, two, one], { name: '${b}' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join(); // @behind
}
`;
}

/** The same locks in opposite orders, but never at the same time: nothing in the program orders the two threads. */
export function inversion({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
exports.${a} = threadFunction(__filename, '${a}', (${x}, ${y}) => {
  ${x}.acquire(); // @first-a
  ${y}.acquire(); // @second-a
  ${y}.release();
  ${x}.release();
});
exports.${b} = threadFunction(__filename, '${b}', (${x}, ${y}) => {
  sleep(400);
  ${y}.acquire(); // @first-b
  ${x}.acquire(); // @second-b
  ${x}.release();
  ${y}.release();
});
if (isMainThread) {
  const ${x} = new Lock();
  const ${y} = new Lock();
  const threads = [
    new Thread(exports.${a}, [${x}, ${y}], { name: '${a}' }),
    new Thread(exports.${b}, [${x}, ${y}], { name: '${b}' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
}
`;
}

/** Main sits in Atomics.wait for a worker that waits for an answer from main's event loop. No library. */
export function blockedLoop({ names: [a], padding }: Variation): string {
  return `${'\n'.repeat(padding)}const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
if (isMainThread) {
  writeSync(1, 'pid ' + process.pid + '\\n');
  const word = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(__filename, { workerData: word, name: '${a}' });
  worker.on('message', (question) => worker.postMessage('answer to ' + question));
  Atomics.wait(word, 0, 0); // @waits-main
} else {
  parentPort.once('message', () => {
    Atomics.store(workerData, 0, 1);
    Atomics.notify(workerData, 0);
  });
  parentPort.postMessage('a question'); // @posts
}
`;
}

/** The consumer dies of an error while its producer fills a small queue. */
export function deadConsumer({ names: [a, b], objects: [x], padding }: Variation): string {
  return `${head(padding)}
exports.${a} = threadFunction(__filename, '${a}', (${x}) => {
  for (let i = 0; ; i++) ${x}.put(i); // @waits-a
});
exports.${b} = threadFunction(__filename, '${b}', (${x}) => {
  ${x}.get();
  ${x}.get(); // @took
  throw new RangeError('no more'); // @dies
});
if (isMainThread) {
  const ${x} = new Queue(3);
  const producer = new Thread(exports.${a}, [${x}], { name: '${a}' });
  const consumer = new Thread(exports.${b}, [${x}], { name: '${b}' });
  producer.start();
  consumer.start();
  producer.join();
}
`;
}

/** A thread ends with a lock in its hands; main wants it, and gives up. */
export function leftLock({ names: [a], objects: [x], padding }: Variation): string {
  return `${head(padding)}
exports.${a} = threadFunction(__filename, '${a}', (${x}) => {
  ${x}.acquire(); // @holds
});
if (isMainThread) {
  const ${x} = new Lock();
  const owner = new Thread(exports.${a}, [${x}], { name: '${a}' });
  owner.start();
  owner.join();
  ${x}.acquire({ timeout: 20 }); // @waits
}
`;
}

/** One thread waits for room that nobody makes, another rests; main's timer could do anything, and ends the program. */
export function hangsBesideTimer({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
exports.${a} = threadFunction(__filename, '${a}', (${x}) => {
  for (;;) ${x}.put('item'); // @waits
});
exports.${b} = threadFunction(__filename, '${b}', (${y}) => {
  for (const item of ${y}) item;
});
if (isMainThread) {
  const ${x} = new Queue(3);
  const ${y} = new Queue();
  new Thread(exports.${a}, [${x}], { name: '${a}' }).start();
  new Thread(exports.${b}, [${y}], { name: '${b}' }).start();
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 12_000);
}
`;
}

/** Nothing is wrong with it. */
export function cleanPipeline({ names: [a, b], objects: [x], padding }: Variation): string {
  return `${head(padding)}
exports.${a} = threadFunction(__filename, '${a}', (${x}) => {
  for (let i = 0; i < 200; i++) ${x}.put(i);
  ${x}.put(null);
});
exports.${b} = threadFunction(__filename, '${b}', (${x}) => {
  let sum = 0;
  for (let item; (item = ${x}.get()) !== null; ) sum += item;
  return sum;
});
if (isMainThread) {
  const ${x} = new Queue(10);
  const producer = new Thread(exports.${a}, [${x}], { name: '${a}' });
  const consumer = new Thread(exports.${b}, [${x}], { name: '${b}' });
  producer.start();
  consumer.start();
  producer.join();
  consumer.join();
  console.log('sum ' + consumer.result);
}
`;
}

/** One function for two threads, which gives them the same locks the other way round. */
export function sameFunction({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
const transfer = threadFunction(__filename, 'transfer', (from, to, mine, others) => {
  from.acquire(); // @holds
  mine.set();
  others.wait();
  to.acquire(); // @waits
});
exports.transfer = transfer;
if (isMainThread) {
  const ${x} = new Lock(), ${y} = new Lock();
  const events = [new Event(), new Event()];
  new Thread(transfer, [${x}, ${y}, ...events], { name: '${a}' }).start();
  new Thread(transfer, [${y}, ${x}, ...events.reverse()], { name: '${b}' }).start();
}
`;
}

/**
 * Main asks a worker and waits in Atomics.wait; the worker works for 3 s in the thread pool, where no recorder sees it,
 * and says how far it is to a loop that does not turn. Nothing is wrong with it.
 */
export function waitsForJob({ names: [a], padding }: Variation): string {
  return `${'\n'.repeat(padding)}const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { pbkdf2 } = require('node:crypto');
if (isMainThread) {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(__filename, { workerData: word, name: '${a}' });
  worker.on('message', () => {});
  worker.unref();
  for (let i = 0; i < 2; i++) {
    Atomics.store(word, 0, 0);
    worker.postMessage('a request');
    Atomics.wait(word, 0, 0);
  }
} else {
  parentPort.on('message', () => {
    parentPort.postMessage('begun');
    const end = performance.now() + 3000;
    const work = () => {
      if (performance.now() < end) return pbkdf2('a', 'b', 100_000, 64, 'sha512', work);
      Atomics.store(workerData, 0, 1);
      Atomics.notify(workerData, 0);
    };
    work();
  });
}
`;
}

/** The line that carries `// @tag`. */
export function lineOf(program: string, tag: string): number {
  const line = program.split('\n').findIndex((text) => text.endsWith(`// @${tag}`));
  if (line < 0) throw new Error(`no line is marked @${tag}`);
  return line + 1;
}
