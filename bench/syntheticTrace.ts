/** A seeded trace of lock traffic as a program with a few hot locks makes it: the benchmarks' input. */
import { nanos } from '../src/base/brand.js';
import { TraceEncoder } from '../src/trace/encode.js';
import { EventColumns } from '../src/trace/eventBatch.js';
import { FORMAT_VERSION } from '../src/trace/records.js';
import { NO_TIMEOUT, OP } from '../src/trace/ops.js';

/** mulberry32: small, seeded, good enough to spread events. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const STACKS = 400;
/** Events of one drain of the collector. */
const DRAIN_EVENTS = 8192;

/**
 * Writes about `events` events of `threads` threads that take turns on `locks` locks; a third of the acquires waits.
 * Every hold is consistent: a lock has one owner at a time.
 */
export function writeSyntheticTrace(
  write: (bytes: Uint8Array) => void,
  { events, threads = 8, locks = 64, seed = 1 }: { events: number; threads?: number; locks?: number; seed?: number },
): void {
  const next = random(seed);
  const encoder = new TraceEncoder(write);
  encoder.header({
    version: FORMAT_VERSION,
    run: 'bench',
    pid: 1,
    program: 'bench.js',
    node: process.versions.node,
    platform: process.platform,
    origin: 0,
    root: '/bench',
  });
  encoder.file({ path: 'bench.js', hash: null, map: null }, 0);
  for (let i = 0; i < STACKS; i++) {
    encoder.site({ file: 0, line: i + 1, column: 3, fn: `step${i}` }, i);
    encoder.stack([i], i);
  }
  for (let thread = 0; thread < threads; thread++) {
    const name = thread === 0 ? null : `worker-${thread}`;
    encoder.thread({
      id: thread,
      name,
      parent: thread === 0 ? null : 0,
      start: nanos(0),
      file: 'bench.js',
      library: false,
    });
  }
  for (let lock = 1; lock <= locks; lock++) {
    encoder.object({ id: lock, kind: 'lock', name: `lock-${lock}`, stack: 0, thread: 0, capacity: null });
  }

  const columns = new EventColumns();
  /** When each thread can go on, and each lock is free. */
  const threadClock = new Float64Array(threads).fill(1000);
  const lockFree = new Float64Array(locks + 1);
  const pending: {
    t: number;
    thread: number;
    op: number;
    object: number;
    stack: number;
    arg: number;
    extra: number;
  }[] = [];
  let written = 0;

  const flush = (): void => {
    pending.sort((a, b) => a.t - b.t);
    const horizon = Math.min(...threadClock);
    let count = 0;
    for (const event of pending) {
      if (event.t > horizon) break;
      columns.push(event.t, event.thread, event.op, event.object, event.stack, 0, event.arg, event.extra);
      count++;
    }
    pending.splice(0, count);
    encoder.events(columns);
    encoder.marker({ kind: 'complete', t: nanos(horizon) });
    columns.clear();
    written += count;
  };
  /** Each operation on a lock stands at a few places of the program. */
  const placeOf = (op: number, object: number): number => (object * 7 + op + Math.floor(next() * 3) * 13) % STACKS;
  const put = (t: number, thread: number, op: number, object: number, arg = NaN, extra = 0): void => {
    pending.push({ t: Math.round(t), thread, op, object, stack: placeOf(op, object), arg, extra });
  };

  for (let thread = 0; thread < threads; thread++) put(thread, thread, OP['thread.begin'], thread);
  while (written < events) {
    while (pending.length < DRAIN_EVENTS) {
      let thread = 0;
      for (let i = 1; i < threads; i++) if ((threadClock[i] as number) < (threadClock[thread] as number)) thread = i;
      const lock = 1 + Math.floor(next() * next() * locks);
      const asked = (threadClock[thread] as number) + 200 + next() * 2000;
      const free = lockFree[lock] as number;
      const got = Math.max(asked, free + 300);
      if (got > asked) put(asked, thread, OP['lock.acquire'], lock, NaN, NO_TIMEOUT);
      const until = got + 200 + next() * 3000;
      put(got, thread, OP['lock.acquired'], lock, 1);
      put(until, thread, OP['lock.release'], lock, 0);
      lockFree[lock] = until;
      threadClock[thread] = until + 50;
    }
    flush();
  }
  const end = Math.max(...threadClock);
  for (let thread = 0; thread < threads; thread++) put(end, thread, OP['thread.end'], thread, 0);
  threadClock.fill(end);
  flush();
  encoder.marker({ kind: 'end', t: nanos(end), end: 'clean', code: 0, signal: null });
}
