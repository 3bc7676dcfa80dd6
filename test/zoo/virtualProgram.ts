/**
 * Runs a small program of several threads in virtual time, and writes what the recorder would write of it. The same seed is the
 * same run: which thread goes on next, and how late each time stamp is.
 */
import { nanos } from '../../src/base/brand.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { NO_TIMEOUT, OP, WORD_WRITE, type WordWrite } from '../../src/trace/ops.js';
import type { FileRecord, MarkerRecord, ObjectRecord, SiteRecord, ThreadRecord } from '../../src/trace/records.js';
import { stepped, type SteppedSource } from './steppedSource.js';

const MILLI = 1e6;

export interface VirtualThread {
  readonly name: string;
  /** The function that it runs. */
  readonly run: string;
  readonly args?: readonly unknown[];
}

export interface VirtualOptions {
  readonly seed?: number;
  /** When it is killed, in milliseconds, if it has not ended before. */
  readonly killMs?: number;
  /** What keeps the main thread's loop alive. */
  readonly mainResources?: number;
  /** How late a time stamp may be, in microseconds. */
  readonly lateUs?: number;
  /** Nothing is known of the text. */
  readonly isUnread?: boolean;
}

/** All that the trace says, in the order of time. */
export interface VirtualLog {
  readonly files: readonly FileRecord[];
  readonly sites: readonly SiteRecord[];
  readonly stacks: readonly (readonly number[])[];
  readonly objects: readonly ObjectRecord[];
  readonly threads: readonly ThreadRecord[];
  readonly events: EventColumns;
  readonly endNs: number;
  readonly end: Extract<MarkerRecord, { kind: 'end' }> | null;
}

type Int = Int32Array | BigInt64Array;
type Steps = Generator<Pause, unknown, unknown>;

/** What a thread does after an operation. */
type Pause =
  | { readonly kind: 'step' }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'loop'; readonly resources: number }
  | { readonly kind: 'wait'; readonly key: string; readonly ms: number };

interface Thread extends VirtualThread {
  readonly id: number;
  readonly frames: number[];
  steps: Steps | null;
  /** When it goes on by itself; Infinity: when another wakes it. */
  wakesAt: number;
  waitsFor: string | null;
  result: unknown;
  stamp: number;
}

const noWord = { woken: 'ok', timeout: 'timed-out' } as const;

export function runVirtually(
  source: string,
  threads: readonly VirtualThread[],
  options: VirtualOptions = {},
): VirtualLog {
  return new VirtualProgram(stepped(source), threads, options).run();
}

class VirtualProgram {
  private now = MILLI;
  private random: number;
  private readonly rows: {
    t: number;
    thread: number;
    op: number;
    object: number;
    stack: number;
    arg: number;
    extra: number;
  }[] = [];
  private readonly stacks = new Map<string, number>();
  private readonly stackList: number[][] = [];
  private readonly buffers = new Map<ArrayBufferLike, number>();
  private readonly words = new Map<string, ObjectRecord>();
  private readonly threads: Thread[];
  private readonly killNs: number;

  constructor(
    private readonly source: SteppedSource,
    given: readonly VirtualThread[],
    private readonly options: VirtualOptions,
  ) {
    this.random = (options.seed ?? 1) * 2654435761 + 1;
    this.killNs = (options.killMs ?? 4000) * MILLI;
    this.threads = [{ name: 'main', run: '' }, ...given].map((one, id) => ({
      ...one,
      id,
      frames: [],
      steps: null,
      wakesAt: 0,
      waitsFor: null,
      result: undefined,
      stamp: 0,
    }));
  }

  run(): VirtualLog {
    const [main, ...workers] = this.threads as [Thread, ...Thread[]];
    this.tell(main, OP['thread.begin'], 0);
    for (const worker of workers) {
      this.tell(main, OP['thread.start'], worker.id);
      this.tell(worker, OP['thread.begin'], worker.id);
      worker.steps = this.begin(worker);
    }
    this.now += MILLI;
    this.tell(main, OP['loop.sample'], 0, this.options.mainResources ?? 0);
    for (;;) {
      const alive = workers.filter(({ steps }) => steps !== null);
      if (alive.length === 0 && (this.options.mainResources ?? 0) === 0) return this.log('clean');
      const ready = alive.filter(({ wakesAt }) => wakesAt <= this.now);
      const next = ready[this.nextRandom(ready.length)];
      if (next === undefined) this.now = Math.min(this.killNs, ...alive.map(({ wakesAt }) => wakesAt));
      if (this.now >= this.killNs) {
        this.now = this.killNs;
        return this.log('killed');
      }
      if (next !== undefined) this.step(next);
    }
  }

  private begin(thread: Thread): Steps {
    const body = `${this.source.code}\nreturn ${thread.run};`;
    const main = new Function('$', 'sleep', 'loop', 'fail', body) as (
      ...given: unknown[]
    ) => (...args: unknown[]) => Steps;
    return main(this.api(thread), sleep, loop, fail)(...(thread.args ?? []));
  }

  private step(thread: Thread): void {
    this.now += 1000 + this.nextRandom(3000);
    if (thread.waitsFor !== null) this.wake(thread, noWord.timeout);
    const { done, value } = this.advance(thread);
    if (done === true) {
      thread.steps = null;
      return;
    }
    switch (value.kind) {
      case 'step':
        return;
      case 'sleep':
        thread.wakesAt = this.now + value.ms * MILLI;
        return;
      case 'loop':
        this.tell(thread, OP['loop.sample'], 0, value.resources);
        thread.wakesAt = Infinity;
        return;
      case 'wait':
        thread.waitsFor = value.key;
        thread.wakesAt = value.ms === Infinity ? Infinity : this.now + value.ms * MILLI;
    }
  }

  private advance(thread: Thread): IteratorResult<Pause, unknown> & { value: Pause } {
    const { steps } = thread;
    try {
      const result = steps?.next(thread.result) as IteratorResult<Pause> & { value: Pause };
      if (result.done === true) this.tell(thread, OP['thread.end'], thread.id, 0);
      return result;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.tell(thread, OP['thread.end'], thread.id, 1);
      return { done: true, value: { kind: 'step' } } as never;
    }
  }

  private wake(thread: Thread, result: 'ok' | 'timed-out'): void {
    const word = this.words.get(thread.waitsFor as string) as ObjectRecord;
    thread.waitsFor = null;
    thread.wakesAt = this.now;
    thread.result = result;
    const op = result === 'ok' ? OP['word.woken'] : OP['word.timeout'];
    this.tell(thread, op, word.id, NaN, 0, this.stackOf(thread.frames));
  }

  private api(thread: Thread): object {
    const operate = (name: string, args: [Int, number, ...(number | bigint)[]]): Steps =>
      name === 'wait' ? this.wait(thread, args as never) : this.operate(thread, name, args);
    return {
      list: (...given: unknown[]) => given,
      *call(place: number, steps: Steps): Steps {
        thread.frames.unshift(place);
        try {
          return yield* steps;
        } finally {
          thread.frames.shift();
        }
      },
      *operation(place: number, name: string, args: [Int, number, ...(number | bigint)[]]): Steps {
        yield { kind: 'step' };
        thread.frames.unshift(place);
        try {
          return yield* operate(name, args);
        } finally {
          thread.frames.shift();
        }
      },
    };
  }

  private *wait(
    thread: Thread,
    [array, index, expected, ms = Infinity]: [Int, number, number | bigint, number?],
  ): Steps {
    const word = this.word(array, index);
    const stack = this.stackOf(thread.frames);
    if (Atomics.load(array as Int32Array, index) !== expected) {
      this.tell(thread, OP['word.unequal'], word.id, NaN, 0, stack);
      return 'not-equal';
    }
    const timeout = ms === Infinity ? NO_TIMEOUT : Math.ceil(ms);
    this.tell(thread, OP['word.wait'], word.id, Number(expected), timeout, stack);
    yield { kind: 'wait', key: this.key(array, index), ms };
    return thread.result;
  }

  private *operate(
    thread: Thread,
    name: string,
    [array, index, ...operands]: [Int, number, ...(number | bigint)[]],
  ): Steps {
    const word = this.word(array, index);
    const stack = this.stackOf(thread.frames);
    if (name === 'notify') {
      const count = Number(operands[0] ?? Infinity);
      const key = this.key(array, index);
      const woken = this.threads.filter(({ waitsFor }) => waitsFor === key).slice(0, count);
      this.tell(thread, OP['word.notify'], word.id, woken.length, 0, stack);
      for (const one of woken) this.wake(one, noWord.woken);
      return woken.length;
    }
    const atomics = Atomics as unknown as Record<string, (...given: unknown[]) => number | bigint>;
    const old = Number(Atomics.load(array as Int32Array, index));
    const result = (atomics[name] as (...given: unknown[]) => number | bigint)(array, index, ...operands);
    if (name === 'load') return result;
    const now = Number(Atomics.load(array as Int32Array, index));
    const isMiss = old === now && (name === 'compareExchange' ? result !== operands[0] : false);
    if (isMiss) this.tell(thread, OP['word.missed'], word.id, old, 1, stack);
    else this.tell(thread, WORD_WRITE[name as WordWrite], word.id, name === 'store' ? NaN : old, now | 0, stack);
    return result;
  }

  private key(array: Int, index: number): string {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = array;
    let number = this.buffers.get(buffer);
    if (number === undefined) this.buffers.set(buffer, (number = this.buffers.size + 1));
    return `${number}+${byteOffset + index * BYTES_PER_ELEMENT}`;
  }

  private word(array: Int, index: number): ObjectRecord {
    const key = this.key(array, index);
    let word = this.words.get(key);
    if (word === undefined) {
      const [buffer, offset] = key.split('+').map(Number) as [number, number];
      const id = this.words.size + 1;
      word = { id, kind: 'word', name: null, stack: -1, thread: 0, capacity: null, buffer, offset };
      this.words.set(key, word);
    }
    return word;
  }

  private stackOf(frames: readonly number[]): number {
    const sites = frames.slice(0, 6);
    const key = sites.join();
    let stack = this.stacks.get(key);
    if (stack === undefined) {
      stack = this.stackList.push([...sites]) - 1;
      this.stacks.set(key, stack);
    }
    return stack;
  }

  private tell(thread: Thread, op: number, object: number, arg = NaN, extra = 0, stack = -1): void {
    const late = this.nextRandom((this.options.lateUs ?? 0) * 1000 + 1);
    thread.stamp = Math.max(thread.stamp + 1, this.now + late);
    this.rows.push({ t: thread.stamp, thread: thread.id, op, object, stack, arg, extra });
  }

  private nextRandom(limit: number): number {
    this.random = (Math.imul(this.random, 1664525) + 1013904223) >>> 0;
    return limit <= 1 ? 0 : Math.floor((this.random / 2 ** 32) * limit);
  }

  private log(end: 'clean' | 'killed'): VirtualLog {
    const rows = this.rows.sort((a, b) => a.t - b.t);
    const events = new EventColumns(Math.max(16, rows.length));
    for (const { t, thread, op, object, stack, arg, extra } of rows) {
      events.push(nanos(t), thread, op, object, stack, false, arg, extra);
    }
    const functions = this.options.isUnread === true ? {} : { functions: this.source.functions };
    const endNs = Math.max(this.now, rows.at(-1)?.t ?? 0);
    return {
      files: [{ path: 'app.js', hash: null, map: null, ...functions }],
      sites: this.source.places.map((place) => ({ file: 0, ...place })),
      stacks: this.stackList,
      objects: [...this.words.values()],
      threads: this.threads.map(({ id, name }) => {
        return {
          id,
          name: id === 0 ? null : name,
          parent: id === 0 ? null : 0,
          start: nanos(0),
          file: 'app.js',
          library: false,
        };
      }),
      events,
      endNs,
      end: { kind: 'end', t: nanos(endNs), end, code: end === 'clean' ? 0 : null, signal: null },
    };
  }
}

class Failure extends Error {}

function* sleep(ms: number): Steps {
  yield { kind: 'sleep', ms };
  return undefined;
}

/** The thread goes on in its event loop. */
function* loop(resources: number): Steps {
  yield { kind: 'loop', resources };
  return undefined;
}

function* fail(): Steps {
  throw new Failure('on purpose');
}
