/**
 * A thread may be terminated wherever it calls a function or goes round a loop. At each such step inside a lock of a queue
 * its memory is copied, as it would be left behind, and another thread's turn is taken with the copy: what it finds must be
 * as before the operation or as after it. That thread may be terminated in the middle of its repairs as well.
 */
import assert from 'node:assert/strict';
import { buildSync } from 'esbuild';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { Queue } from '../../src/index.js';
import type * as registry from '../../src/threading/threads/registry.js';
import { WORD } from '../../src/threading/queues/queueMemory.js';
import { withStepPoints } from './stepPoints.js';

type Stepped = typeof import('../../src/index.js') & typeof registry;

/** The library with steps. */
function loadStepped(): Stepped {
  const root = resolve(__dirname, '../../src/threading');
  const built = buildSync({
    stdin: {
      contents: ['queues/queue', 'queues/lifoQueue', 'queues/priorityQueue', 'queues/queueErrors', 'threads/registry']
        .map((file) => `export * from './${file}.js';`)
        .join('\n'),
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
  });
  const module = { exports: {} };
  const source = withStepPoints(built.outputFiles[0]?.text ?? '');
  const run = new Function('module', 'exports', 'require', '__filename', '__dirname', '__step', source);
  run(module, module.exports, createRequire(__filename), __filename, __dirname, () => step());
  return module.exports as Stepped;
}

let step = (): void => {};

/** What is in a queue: its items in the order in which they come, and for how many `taskDone` is due. */
interface Content {
  readonly items: unknown[];
  readonly unfinished: number;
  readonly isClosed: boolean;
}

interface Death {
  readonly bytes: Uint8Array;
  readonly maxByteLength: number;
}

describe('a thread that is terminated at any step of an operation of a queue', function () {
  this.timeout(60_000);
  let lib: Stepped;
  before(() => {
    lib = loadStepped();
  });

  /** Does it, and gives the memory as it was at each step at which this thread was in a lock. */
  function deathsIn(queue: Queue, operation: (queue: Queue) => void): Death[] {
    const { memory } = queue.threadlanes;
    const words = new Int32Array(memory, 0, 96);
    const deaths = new Map<string, Death>();
    step = (): void => {
      if (words[WORD.MUTEX] === 0 && words[WORD.TAKE_MUTEX] === 0) return;
      const bytes = new Uint8Array(memory).slice();
      deaths.set(Buffer.from(bytes).toString('latin1'), { bytes, maxByteLength: memory.maxByteLength });
    };
    try {
      operation(queue);
    } finally {
      step = (): void => {};
    }
    return [...deaths.values()];
  }

  /** The same queue in another thread, after the death of the one that was inside. */
  function after({ bytes, maxByteLength }: Death, kind: 'queue' | 'lifoQueue' | 'priorityQueue'): Queue {
    const memory = new SharedArrayBuffer(bytes.length, { maxByteLength });
    new Uint8Array(memory).set(bytes);
    const words = new Int32Array(memory, 0, 96);
    const dead = lib.newToken();
    lib.markDead(dead);
    for (const at of [WORD.MUTEX, WORD.TAKE_MUTEX]) {
      if (words[at] !== 0) words[at] = dead * 2 + ((words[at] as number) & 1);
    }
    const handle = { threadlanes: { kind, name: undefined, memory, items: [] } };
    if (kind === 'priorityQueue') return lib.PriorityQueue.from(handle, { priority: priorityOf });
    return kind === 'queue' ? lib.Queue.from(handle) : lib.LifoQueue.from(handle);
  }

  function contentOf(queue: Queue): Content {
    const length = queue.qsize();
    const items: unknown[] = [];
    while (!queue.empty()) items.push(queue.getNowait());
    assert.equal(items.length, length);
    assert.throws(() => queue.getNowait(), queue.closed ? lib.Closed : lib.Empty);
    let unfinished = 0;
    for (; queue.join(0) === false; unfinished++) queue.taskDone();
    return { items, unfinished, isClosed: queue.closed };
  }

  /** It can be used on, beyond its first memory. */
  function checkUse(queue: Queue): void {
    if (queue.closed) return;
    const items = [5, `6 ${'x'.repeat(3000)}`, 7];
    for (const item of items) queue.put(item);
    const got = items.map(() => queue.getNowait());
    assert.deepEqual(got.sort(), [...items].sort());
    assert.equal(queue.qsize(), 0);
  }

  const kinds = {
    queue: (lib: Stepped): Queue => new lib.Queue(),
    lifoQueue: (lib: Stepped): Queue => new lib.LifoQueue(),
    priorityQueue: (lib: Stepped): Queue => new lib.PriorityQueue(0, { priority: priorityOf }) as Queue,
  } as const;

  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    it(`${kind}: leaves what was there before or after`, () => {
      const queue = kinds[kind](lib);
      let random = 7;
      const below = (limit: number): number => (random = (random * 48271) % 2147483647) % limit;
      const items: unknown[] = [];
      let unfinished = 0;
      let deaths = 0;
      const nextIndex = (): number => {
        if (kind === 'queue') return 0;
        if (kind === 'lifoQueue') return items.length - 1;
        return items.reduce<number>((best, item, i) => (priorityOf(item) < priorityOf(items[best]) ? i : best), 0);
      };
      const inOrder = (): unknown[] => {
        const rest = [...items];
        const ordered: unknown[] = [];
        while (items.length > 0) ordered.push(...items.splice(nextIndex(), 1));
        items.push(...rest);
        return ordered;
      };
      const content = (): Content => ({ items: inOrder(), unfinished, isClosed: queue.closed });
      const check = (operation: () => void): void => {
        const before = content();
        const left = deathsIn(queue, operation);
        const allowed = [before, content()];
        const isAllowed = (one: Content): void => {
          if (!allowed.some((other) => isSame(one, other))) assert.deepEqual([one], allowed);
        };
        for (const death of left) {
          if (deaths++ % 10 === 0) {
            const repairs = deathsIn(after(death, kind), (survivor) => survivor.qsize());
            for (let n = deaths % 7; n < repairs.length; n += 7) {
              isAllowed(contentOf(after(repairs[n] as Death, kind)));
            }
          }
          const survivor = after(death, kind);
          isAllowed(contentOf(survivor));
          checkUse(survivor);
          // Used on as it was found.
          const other = after(death, kind);
          if (other.closed) continue;
          other.put(LAST);
          const { items: found, unfinished, isClosed } = contentOf(other);
          assert.equal(kind === 'lifoQueue' ? found.shift() : found.pop(), LAST);
          isAllowed({ items: found, unfinished: unfinished - 1, isClosed });
        }
      };
      const put = (item: unknown): void =>
        check(() => {
          queue.put(item);
          items.push(item);
          unfinished++;
        });
      const get = (): void => check(() => assert.deepEqual(queue.get(), items.splice(nextIndex(), 1)[0]));
      // A ring goes on at its start, and has to grow then.
      for (const length of [800, 800]) put(`1 ${'y'.repeat(length)}`);
      get();
      for (const length of [700, 900]) put(`1 ${'y'.repeat(length)}`);
      for (let i = 0; i < 24; i++) {
        const what = below(10);
        if (what < (i < 12 ? 7 : 3)) put(below(2) === 0 ? i : `${i} ${'y'.repeat(below(400))}`);
        else if (what < 8 && items.length > 0) get();
        else if (what < 9 && unfinished > 0) {
          check(() => {
            queue.taskDone();
            unfinished--;
          });
        } else check(() => assert.equal(queue.qsize(), items.length));
      }
      // An empty one is used from its start again.
      while (items.length > 0) get();
      put(`1 ${'y'.repeat(3500)}`);
      check(() => queue.close());
      assert.ok(deaths > 200, `${deaths} deaths`);
    });
  }
});

const isSame = (one: Content, other: Content): boolean => JSON.stringify(one) === JSON.stringify(other);

/** An item that comes after all others, and before them where the last one in comes out first. */
const LAST = 4;

function priorityOf(item: unknown): number {
  return Number(String(item).split(' ')[0]) % 5;
}
