/**
 * Locks and events beside what one would build without them: the same mutex written out where it is used, a bare wait and
 * notify, and for asynchronous functions `async-mutex` and Web Locks. Each figure is the median of the rounds, each ratio
 * the median of the ratios of the rounds.
 */
import { createRequire } from 'node:module';
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import type * as library from '../../src/index.js';
import { againstGoal, median, row, section } from '../print.js';

const load = createRequire(__filename);
const { Barrier, Event, Lock, RLock, RWLock, Semaphore } = load('threadlanes') as typeof library;

const ROUNDS = 9;
const TIMES = 300_000;
const ASYNC_TIMES = 20_000;
const CONTENDED_TIMES = 40_000;
const TRIPS = 4000;

/** Times what is written out where it is used. */
const GOALS: Readonly<Record<string, number>> = { 'Lock acquire, release': 1.2 };

type Measured = Readonly<Record<string, number>>;

/** Nanoseconds of each. */
function measure(times: number, body: (times: number) => void): number {
  const start = performance.now();
  body(times);
  return ((performance.now() - start) / times) * 1e6;
}

async function measureAsync(times: number, body: (times: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  await body(times);
  return ((performance.now() - start) / times) * 1e6;
}

function print(what: string, base: string, rounds: readonly Measured[]): void {
  section(what);
  for (const name of Object.keys(rounds[0] ?? {})) {
    const ns = median(rounds.map((round) => round[name] as number));
    const ratio = median(rounds.map((round) => (round[name] as number) / (round[base] as number)));
    const goal = GOALS[name];
    const verdict = goal === undefined ? '' : `  ${againstGoal(ratio, goal)}`;
    row(name, `${ns.toFixed(0).padStart(7)} ns${name === base ? '' : `  ${ratio.toFixed(2)} times${verdict}`}`);
  }
}

const word = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

function takeBare(cells: Int32Array, times: number): void {
  for (let i = 0; i < times; i++) {
    if (Atomics.compareExchange(cells, 0, 0, 1) !== 0) {
      while (Atomics.exchange(cells, 0, 2) !== 0) Atomics.wait(cells, 0, 2);
    }
    if (Atomics.exchange(cells, 0, 0) === 2) Atomics.notify(cells, 0, 1);
  }
}

interface Takeable {
  acquire(): unknown;
  release(): unknown;
}

/** A function of its own for each kind, as a program has: one that all shared would be slower for all. */
function newTake(): (lock: Takeable, times: number) => void {
  return new Function('lock', 'times', 'for (let i = 0; i < times; i++) { lock.acquire(); lock.release(); }') as never;
}

const takes = { lock: newTake(), fair: newTake(), rlock: newTake(), semaphore: newTake() };

function uncontended(): Measured {
  const cells = word();
  const lock = new Lock();
  const [fair, rlock, semaphore, rwLock] = [new Lock({ fair: true }), new RLock(), new Semaphore(), new RWLock()];
  return {
    'the mutex written out': measure(TIMES, (times) => takeBare(cells, times)),
    'Lock acquire, release': measure(TIMES, (times) => takes.lock(lock, times)),
    'Lock with': measure(TIMES, (times) => {
      let sum = 0;
      for (let i = 0; i < times; i++) lock.with(() => (sum += i));
    }),
    'fair Lock acquire, release': measure(TIMES, (times) => takes.fair(fair, times)),
    'RLock acquire, release': measure(TIMES, (times) => takes.rlock(rlock, times)),
    'Semaphore acquire, release': measure(TIMES, (times) => takes.semaphore(semaphore, times)),
    'RWLock acquireRead, releaseRead': measure(TIMES, (times) => {
      for (let i = 0; i < times; i++) {
        rwLock.acquireRead();
        rwLock.releaseRead();
      }
    }),
  };
}

/** Where it is there. */
const webLocks = (globalThis as { navigator?: { locks?: { request(name: string, body: () => void): Promise<void> } } })
  .navigator?.locks;

function findAsyncMutex(): { new (): { acquire(): Promise<() => void> } } | null {
  try {
    return (load('async-mutex') as { Mutex: { new (): { acquire(): Promise<() => void> } } }).Mutex;
  } catch {
    return null;
  }
}

const AsyncMutex = findAsyncMutex();

async function asynchronous(): Promise<Measured> {
  const lock = new Lock();
  const figures: Record<string, number> = {
    'Lock acquireAsync, release': await measureAsync(ASYNC_TIMES, async (times) => {
      for (let i = 0; i < times; i++) {
        await lock.acquireAsync();
        lock.release();
      }
    }),
    'Lock, 10 functions that want it': await measureAsync(ASYNC_TIMES, (times) =>
      tenWant(times, async () => {
        await lock.acquireAsync();
        await null;
        lock.release();
      }),
    ),
  };
  if (AsyncMutex !== null) {
    const mutex = new AsyncMutex();
    figures['async-mutex'] = await measureAsync(ASYNC_TIMES, async (times) => {
      for (let i = 0; i < times; i++) (await mutex.acquire())();
    });
    figures['async-mutex, 10 functions that want it'] = await measureAsync(ASYNC_TIMES, (times) =>
      tenWant(times, async () => {
        const release = await mutex.acquire();
        await null;
        release();
      }),
    );
  }
  if (webLocks !== undefined) {
    figures['Web Locks'] = await measureAsync(ASYNC_TIMES / 10, async (times) => {
      for (let i = 0; i < times; i++) await webLocks.request('bench', () => {});
    });
  }
  return figures;
}

async function tenWant(times: number, want: () => Promise<void>): Promise<void> {
  const task = async (): Promise<void> => {
    for (let i = 0; i < times / 10; i++) await want();
  };
  await Promise.all(Array.from({ length: 10 }, task));
}

interface Job {
  readonly kind: string;
  readonly cells: Int32Array;
  readonly handles: Readonly<Record<string, unknown>>;
}

const jobs: Readonly<Record<string, (job: Job) => void>> = {
  'the mutex written out': ({ cells }) => takeBare(cells, CONTENDED_TIMES),
  Lock: ({ handles }) => takes.lock(Lock.from(handles['lock']), CONTENDED_TIMES),
  'fair Lock': ({ handles }) => takes.fair(Lock.from(handles['fair']), CONTENDED_TIMES / 20),
  'bare wait and notify': ({ cells }) => answerBare(cells, TRIPS),
  Event: ({ handles }) => answer(handles, TRIPS),
};

function answerBare(cells: Int32Array, times: number): void {
  for (let i = 1; i <= times; i++) {
    while (Atomics.load(cells, 0) < i) Atomics.wait(cells, 0, i - 1);
    Atomics.store(cells, 1, i);
    Atomics.notify(cells, 1);
  }
}

function answer(handles: Job['handles'], times: number): void {
  const [go, gone] = [Event.from(handles['go']), Event.from(handles['gone'])];
  for (let i = 0; i < times; i++) {
    go.wait();
    go.clear();
    gone.set();
  }
}

/** Starts workers with a job, and calls `body` when all are there. They end by themselves. */
async function withWorkers(count: number, kind: string, body: (job: Job) => void): Promise<number> {
  const ready = new Barrier(count + 1);
  const handles = {
    ready,
    lock: new Lock(),
    fair: new Lock({ fair: true }),
    go: new Event(),
    gone: new Event(),
  };
  const job: Job = { kind, cells: new Int32Array(new SharedArrayBuffer(8)), handles };
  const workers = Array.from({ length: count }, () => new Worker(__filename, { workerData: job }));
  const over = workers.map((worker) => new Promise((done) => worker.once('exit', done)));
  ready.wait();
  const start = performance.now();
  body(job);
  ready.wait();
  const took = performance.now() - start;
  await Promise.all(over);
  return took;
}

/** Main works too. */
async function contended(threads: number): Promise<Measured> {
  const each = async (kind: string, times: number): Promise<number> => {
    const took = await withWorkers(threads - 1, kind, (job) => jobs[kind]?.(job));
    return (took / (times * threads)) * 1e6;
  };
  return {
    'the mutex written out': await each('the mutex written out', CONTENDED_TIMES),
    Lock: await each('Lock', CONTENDED_TIMES),
    'fair Lock': await each('fair Lock', CONTENDED_TIMES / 20),
  };
}

async function roundTrips(): Promise<Measured> {
  const bare = await withWorkers(1, 'bare wait and notify', ({ cells }) => {
    for (let i = 1; i <= TRIPS; i++) {
      Atomics.store(cells, 0, i);
      Atomics.notify(cells, 0);
      while (Atomics.load(cells, 1) < i) Atomics.wait(cells, 1, i - 1);
    }
  });
  const events = await withWorkers(1, 'Event', ({ handles }) => {
    const [go, gone] = [Event.from(handles['go']), Event.from(handles['gone'])];
    for (let i = 0; i < TRIPS; i++) {
      go.set();
      gone.wait();
      gone.clear();
    }
  });
  return { 'bare wait and notify': (bare / TRIPS) * 1e6, Event: (events / TRIPS) * 1e6 };
}

async function roundsOf(count: number, round: () => Promise<Measured> | Measured): Promise<Measured[]> {
  const rounds: Measured[] = [];
  for (let i = -1; i < count; i++) {
    const measured = await round();
    if (i >= 0) rounds.push(measured);
  }
  return rounds;
}

async function main(): Promise<void> {
  print('locks that nobody else wants', 'the mutex written out', await roundsOf(ROUNDS, uncontended));
  print('locks of asynchronous functions', 'Lock acquireAsync, release', await roundsOf(5, asynchronous));
  if (AsyncMutex === null) row('async-mutex', 'is not there: npm install --no-save async-mutex');
  if (webLocks === undefined) row('Web Locks', `are not there in Node ${process.versions.node}`);
  for (const threads of [2, 4]) {
    const rounds = await roundsOf(3, () => contended(threads));
    print(`a lock that ${threads} threads want at once`, 'the mutex written out', rounds);
  }
  print('there and back between two threads', 'bare wait and notify', await roundsOf(3, roundTrips));
}

if (isMainThread) void main();
else {
  const job = workerData as Job;
  const ready = Barrier.from(job.handles['ready']);
  ready.wait();
  jobs[job.kind]?.(job);
  ready.wait();
}
