/**
 * Programs with Web Locks, the twins of those in `programs.ts`, and others in which nothing is wrong. `@tag` in a comment
 * marks a line that a verdict has to name. A request that waits does not keep its thread: they listen for messages.
 */
import type { Variation } from './programs.js';

const head = (padding: number): string =>
  `${'\n'.repeat(padding)}const { Worker, isMainThread, parentPort, workerData, locks } = require('node:worker_threads');
const { writeSync } = require('node:fs');
if (isMainThread) writeSync(1, 'pid ' + process.pid + '\\n');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
/** Waits until all threads have come here. */
const meet = async (words, parties) => {
  Atomics.add(words, 0, 1);
  while (Atomics.load(words, 0) < parties) await sleep(5);
};
`;

const start = (names: readonly string[]): string => `
  const words = new Int32Array(new SharedArrayBuffer(4));
  for (const name of [${names.map((name) => `'${name}'`).join(', ')}]) {
    new Worker(__filename, { name, workerData: { name, words } });
  }`;

/** Two locks in opposite orders; both threads hold their first lock before either asks for its second. */
export function oppositeRequests({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
async function ${a}(words) {
  await locks.request('${x}', async () => { // @holds-a
    await meet(words, 2);
    await locks.request('${y}', () => {}); // @waits-a
  });
}
async function ${b}(words) {
  await locks.request('${y}', async () => { // @holds-b
    await meet(words, 2);
    await locks.request('${x}', () => {}); // @waits-b
  });
}
if (isMainThread) {${start([a, b])}
} else {
  parentPort.on('message', () => {});
  ({ ${a}, ${b} })[workerData.name](workerData.words);
}
`;
}

/** The same, each callback giving back the promise of its second request, in a process whose main thread is busy. */
export function returnedRequests({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
const both = (first, second, ready) => locks.request(first, () => { ready(); return locks.request(second, () => {}); }); // @both
if (isMainThread) {${start([a, b])}
  setInterval(() => {}, 20);
} else {
  parentPort.on('message', () => {});
  const { name, words } = workerData;
  const ready = () => {
    Atomics.add(words, 0, 1);
    while (Atomics.load(words, 0) < 2);
  };
  const [first, second] = name === '${a}' ? ['${x}', '${y}'] : ['${y}', '${x}'];
  both(first, second, ready);
}
`;
}

/** Three threads in a circle, as a module and with the locks of \`navigator\`. */
export function requestsInCircle({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${'\n'.repeat(padding)}import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const names = ['${a}', '${b}', 'third'];
const held = ['${x}', '${y}', 'last'];
if (isMainThread) {
  writeSync(1, 'pid ' + process.pid + '\\n');
  const words = new Int32Array(new SharedArrayBuffer(4));
  names.forEach((name, i) => new Worker(new URL(import.meta.url), { name, workerData: { i, words } }));
} else {
  const { i, words } = workerData;
  parentPort.on('message', () => {});
  const inner = { mode: 'exclusive' };
  await navigator.locks.request(held[i], async () => { // @holds
    for (Atomics.add(words, 0, 1); Atomics.load(words, 0) < 3; ) await sleep(5);
    const next = held[(i + 1) % 3];
    return navigator.locks.request(next, inner, async () => {}); // @waits
  });
}
`;
}

/** A callback that asks for its own lock, through a function that may be called with or without it. */
export function nestedRequest({ names: [a], objects: [x], padding }: Variation): string {
  return `${head(padding)}
const save = () => locks.request('${x}', async () => 'saved'); // @waits
const update = () =>
  locks.request('${x}', async () => { // @holds
    await sleep(1);
    await save();
  });
if (isMainThread) {${start([a])}
} else {
  parentPort.on('message', () => {});
  update();
}
`;
}

/** Two tasks in opposite orders, each of which does something else before it awaits its second request. */
export function storedRequests({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
const both = (first, second, words) =>
  locks.request(first, async () => { // @holds
    await meet(words, 2);
    const next = locks.request(second, () => {}); // @waits
    await sleep(1);
    await next;
  });
if (isMainThread) {${start([a, b])}
} else {
  parentPort.on('message', () => {});
  const { name, words } = workerData;
  if (name === '${a}') both('${x}', '${y}', words);
  else both('${y}', '${x}', words);
}
`;
}

/** The same, but each gives up after a while, for longer than anything is certain: in a race, by a helper, by a signal. */
export function racedRequests({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
const PATIENCE = 1800;
const orLate = (promise) => Promise.race([promise, sleep(PATIENCE)]);
const ask = async (name) => {
  await sleep(1);
  await locks.request(name, () => {});
};
const patiently = { ask: (name) => orLate(ask(name)) };
const ways = [
  async (name) => { await Promise.race([locks.request(name, () => {}), sleep(PATIENCE)]); },
  async (name) => { await orLate(locks.request(name, () => {})); },
  async (name) => { await patiently.ask(name); },
  async (name) => { await locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, () => {}).catch(() => {}); },
  async (name) => { ask(name); await sleep(PATIENCE); },
];
async function all(first, second, words) {
  await Promise.all(
    ways.map((way, i) =>
      locks.request(first + i, async () => {
        await meet(words, 2 * ways.length);
        await way(second + i);
      }),
    ),
  );
}
if (isMainThread) {${start([a, b])}
} else {
  const keep = setInterval(() => {}, 1000);
  const { name, words } = workerData;
  const [first, second] = name === '${a}' ? ['${x}', '${y}'] : ['${y}', '${x}'];
  all(first, second, words).then(() => clearInterval(keep));
}
`;
}

/** The same locks in opposite orders, but never at the same time. */
export function invertedRequests({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
async function ${a}() {
  await locks.request('${x}', async () => { // @first-a
    await locks.request('${y}', () => sleep(1)); // @second-a
  });
}
async function ${b}() {
  await sleep(400);
  await locks.request('${y}', async () => { // @first-b
    await locks.request('${x}', () => sleep(1)); // @second-b
  });
}
if (isMainThread) {${start([a, b])}
} else {
  const keep = setInterval(() => {}, 1000);
  ({ ${a}, ${b} })[workerData.name]().then(() => clearInterval(keep));
}
`;
}

/**
 * Nothing is wrong with it, for longer than a silent loop is trusted: one leads and the other waits for its turn; each
 * asks for the other's own lock to hear of its end; a lock is held while its holder and main exchange messages; locks are
 * tried for again and again.
 */
export function healthyRequests({ names: [a, b], objects: [x, y], padding }: Variation): string {
  return `${head(padding)}
if (isMainThread) {${start([a, b]).replace('new Worker(', 'const worker = new Worker(')}
  setTimeout(() => process.exit(0), 8500);
} else {
  const { name } = workerData;
  const other = name === '${a}' ? '${b}' : '${a}';
  const forEver = () => new Promise(() => {});
  locks.request('leader', forEver);
  locks.request('alive ' + name, forEver);
  locks.request('alive ' + other, () => console.log(other + ' has ended'));
  let answered = () => {};
  parentPort.on('message', () => answered());
  if (name === '${a}') {
    locks.request('${x}', async () => {
      parentPort.postMessage('a question that nobody answers');
      await new Promise((done) => (answered = done));
    });
  }
  let tries = 0;
  const poll = setInterval(() => {
    locks.request('${y}', { ifAvailable: true }, (lock) => lock && sleep(3));
    if (++tries === 40) clearInterval(poll);
  }, 20);
}
`;
}
