/** In which order the three kinds of queue give their items, against plain arrays. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Queue } from '../../src/index.js';
import { loadLibrary, loadTargets, type Library, type Targets } from './library.js';

describe('orders of queues', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  it('LifoQueue: the newest first', () => {
    const queue = new lib.LifoQueue<string>(2, { name: 'stack' });
    queue.put('a');
    queue.put('b');
    assert.throws(() => queue.putNowait('c'), { name: 'Full', message: 'LifoQueue "stack": full' });
    assert.deepEqual([queue.get(), queue.get()], ['b', 'a']);
    assert.throws(() => queue.getNowait(), { name: 'Empty', message: 'LifoQueue "stack": empty' });
    const revived = lib.LifoQueue.from<string>(structuredClone({ ...queue }));
    revived.put('c');
    assert.equal(queue.get(), 'c');
  });

  it('PriorityQueue: numbers, strings and arrays by themselves, the oldest of equal ones first', () => {
    const cases: [unknown[], unknown[]][] = [
      [
        [3, -1, Infinity, 0, -Infinity, 0.5],
        [-Infinity, -1, 0, 0.5, 3, Infinity],
      ],
      [
        ['b', '', 'a', 'aa', 'é', '\u{1f600}'],
        ['', 'a', 'aa', 'b', 'é', '\u{1f600}'],
      ],
      [
        [
          [2, 'x'],
          [1, 'y'],
          [1, { z: 1 }],
          [1, 'a'],
        ],
        [
          [1, 'y'],
          [1, { z: 1 }],
          [1, 'a'],
          [2, 'x'],
        ],
      ],
    ];
    for (const [items, order] of cases) {
      const queue = new lib.PriorityQueue();
      for (const item of items) queue.put(item);
      assert.deepEqual(
        order.map(() => queue.get()),
        order,
      );
    }
  });

  it('PriorityQueue: by a function, by what put says, and what has no priority', () => {
    const queue = new lib.PriorityQueue<{ due: number }>(0, { name: 'orders', priority: (order) => order.due });
    queue.put({ due: 3 });
    queue.put({ due: 9 }, { priority: 1 });
    queue.put({ due: 2 });
    assert.deepEqual([queue.get().due, queue.get().due, queue.get().due], [9, 2, 3]);
    const thread = new lib.Thread(targets.putWithRule, [queue]);
    thread.start();
    thread.join();
    assert.match(thread.result as string, /^PriorityQueue "orders": .* does not cross threads: .*PriorityQueue\.from/);
    const elsewhere = lib.PriorityQueue.from(structuredClone({ ...queue }), {
      priority: (order: { due: number }) => order.due,
    });
    elsewhere.put({ due: 1 });
    assert.deepEqual([queue.get().due, queue.get().due], [1, 2]);

    const plain = new lib.PriorityQueue<unknown>(0, { name: 'plain' });
    const bad: [() => unknown, RegExp][] = [
      [
        () => plain.put({ due: 1 }),
        /^TypeError: PriorityQueue "plain": this item has no priority by itself: .*\[priority, …\]/,
      ],
      [() => plain.put(NaN), /^TypeError: PriorityQueue "plain": this item has no priority/],
      [() => plain.put([{}]), /^TypeError: PriorityQueue "plain": this item has no priority/],
      [() => plain.put(1, { priority: NaN }), /^TypeError: .*a priority must be a number or a string, got NaN$/],
      [
        () => plain.put(1, { priority: null as never }),
        /^TypeError: .*a priority must be a number or a string, got object$/,
      ],
      [
        () => new lib.PriorityQueue(0, { priority: 1 as never }),
        /^TypeError: PriorityQueue: priority must be a function/,
      ],
    ];
    for (const [call, message] of bad) assert.throws(call, message);
    plain.put(1);
    assert.throws(
      () => plain.put('a'),
      /^TypeError: PriorityQueue "plain": the priority is a string, those .* numbers/,
    );
    assert.equal(plain.get(), 1);
    plain.put('a');
    assert.equal(plain.get(), 'a');
  });

  /** A queue of `maxSize` as an array: where the next item is taken from. */
  const kinds: Readonly<
    Record<string, { make(lib: Library, maxSize: number): Queue<Item>; next(items: Item[]): number }>
  > = {
    Queue: { make: ({ Queue }, maxSize) => new Queue<Item>(maxSize), next: () => 0 },
    LifoQueue: { make: ({ LifoQueue }, maxSize) => new LifoQueue<Item>(maxSize), next: (items) => items.length - 1 },
    PriorityQueue: {
      make: ({ PriorityQueue }, maxSize) => new PriorityQueue<Item>(maxSize),
      next: (items) => items.reduce((best, [priority], i) => (priority < (items[best] as Item)[0] ? i : best), 0),
    },
  };

  for (const [name, { make, next }] of Object.entries(kinds)) {
    it(`${name}: any commands do what they do to an array`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(0, 1, 3),
          fc.boolean(),
          fc.commands(
            [fc.tuple(fc.nat(5), fc.nat(2500)).map(([priority, size]) => new Put(priority, size)), ...simple(next)],
            {
              maxCommands: 150,
            },
          ),
          (maxSize, isText, commands) => {
            const queue = make(lib, maxSize);
            fc.modelRun(
              () => ({
                model: { items: [], unfinished: 0, closed: false, maxSize, count: 0, isText },
                real: { lib, ends: [queue, lib.Queue.prototype.constructor && revive(queue)] },
              }),
              commands,
            );
          },
        ),
        { numRuns: 40 },
      );
    });
  }

  /** The same queue, as another thread has it. */
  const revive = (queue: Queue<Item>): Queue<Item> =>
    (queue.constructor as unknown as { from(handle: unknown): Queue<Item> }).from(structuredClone({ ...queue }));
});

type Item = readonly [priority: number | string, count: number, text: string];

interface Model {
  items: Item[];
  unfinished: number;
  closed: boolean;
  readonly maxSize: number;
  count: number;
  readonly isText: boolean;
}

interface Real {
  readonly lib: Library;
  /** Two ends of one queue: what one does, the other sees. */
  readonly ends: readonly Queue<Item>[];
}

const end = ({ ends }: Real, model: Model): Queue<Item> => ends[model.count % ends.length] as Queue<Item>;

class Put implements fc.Command<Model, Real> {
  constructor(
    readonly priority: number,
    readonly size: number,
  ) {}

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const count = model.count++;
    const priority = model.isText ? 'ab'.repeat(this.priority) : this.priority;
    const item: Item = [priority, count, 'x'.repeat(this.size)];
    const put = (): void => end(real, model).putNowait(item);
    if (model.closed) assert.throws(put, real.lib.Closed);
    else if (model.maxSize > 0 && model.items.length === model.maxSize) assert.throws(put, real.lib.Full);
    else {
      put();
      model.items.push(item);
      model.unfinished++;
    }
  }

  toString(): string {
    return `put(${this.priority}, ${this.size})`;
  }
}

/** The commands without arguments. */
function simple(next: (items: Item[]) => number): fc.Arbitrary<fc.Command<Model, Real>>[] {
  const command = (name: string, run: (model: Model, real: Real) => void): fc.Command<Model, Real> => ({
    check: () => true,
    run,
    toString: () => name,
  });
  const get = command('get', (model, real) => {
    const take = (): Item => end(real, model).getNowait();
    if (model.items.length === 0) assert.throws(take, model.closed ? real.lib.Closed : real.lib.Empty);
    else assert.deepEqual(take(), model.items.splice(next(model.items), 1)[0]);
  });
  const taskDone = command('taskDone', (model, real) => {
    const done = (): void => end(real, model).taskDone();
    if (model.unfinished === 0) assert.throws(done, /more often/);
    else {
      done();
      model.unfinished--;
    }
    assert.equal(end(real, model).join(0), model.unfinished === 0);
  });
  const look = command('look', (model, real) => {
    for (const queue of real.ends) {
      assert.equal(queue.qsize(), model.items.length);
      assert.equal(queue.empty(), model.items.length === 0);
      assert.equal(queue.full(), model.maxSize > 0 && model.items.length === model.maxSize);
      assert.equal(queue.closed, model.closed);
    }
  });
  const close = (immediate: boolean): fc.Command<Model, Real> =>
    command(`close(${immediate})`, (model, real) => {
      end(real, model).close({ immediate });
      model.closed = true;
      if (!immediate) return;
      model.unfinished = Math.max(0, model.unfinished - model.items.length);
      model.items.length = 0;
    });
  return [
    fc.constant(get),
    fc.constant(get),
    fc.constant(taskDone),
    fc.constant(look),
    fc.nat(30).map((n) => (n > 1 ? look : close(n === 1))),
  ];
}
