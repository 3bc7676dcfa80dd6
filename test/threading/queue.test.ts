import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadLibrary, loadTargets, type Library, type Targets } from './library.js';

describe('Queue', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  it('gives back what was put, in order, as structuredClone would', () => {
    const queue = new lib.Queue();
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const items = [
      1,
      -0,
      NaN,
      'text',
      '',
      '\ud800 lone',
      null,
      undefined,
      true,
      12n,
      new Uint8Array([1, 2]),
      new Float32Array([1.5]),
      new Date(5),
      new Map([[1, new Set(['a'])]]),
      [1, , 3],
      cyclic,
      new RangeError('kept'),
      { a: { b: [{}] } },
    ];
    for (const item of items) queue.put(item);
    assert.equal(queue.qsize(), items.length);
    for (const item of items) assert.deepStrictEqual(queue.get(), structuredClone(item));
    assert.equal(queue.empty(), true);
    queue.put(Buffer.from('ab'));
    assert.deepStrictEqual(queue.get(), new Uint8Array([97, 98]));
  });

  it('a getter of an item is called once', () => {
    const queue = new lib.Queue<unknown>();
    const calls = { plain: 0, beforeDate: 0, element: 0 };
    const list = [1, 2];
    Object.defineProperty(list, 0, { get: () => ++calls.element, enumerable: true });
    const items = [
      {
        get a() {
          return ++calls.plain;
        },
      },
      {
        get a() {
          return ++calls.beforeDate;
        },
        at: new Date(5),
      },
      list,
    ];
    for (const item of items) queue.put(item);
    assert.deepEqual(calls, { plain: 1, beforeDate: 1, element: 1 });
    assert.deepEqual([queue.get(), queue.get(), queue.get()], [{ a: 1 }, { a: 1, at: new Date(5) }, [1, 2]]);
  });

  it('an item whose getters use queues themselves is put as it is', () => {
    const queue = new lib.Queue<unknown>();
    const other = new lib.Queue<unknown>();
    const thread = new lib.Thread(targets.giveText);
    thread.start();
    thread.join();
    const inner = [
      { x: 'inner', y: 1000 },
      'text',
      1.5,
      'x'.repeat(2000),
      new Map([[1, 2]]),
      new lib.Event({ name: 'e' }),
    ];
    for (const item of inner) {
      queue.put({
        a: 'aaaa',
        get b() {
          other.put(item);
          return item instanceof lib.Event ? (other.get() as { name: string }).name : other.get();
        },
        get c() {
          return thread.result;
        },
        d: 'dd',
      });
      const b = item instanceof lib.Event ? 'e' : item;
      assert.deepStrictEqual(queue.get(), { a: 'aaaa', b, c: { text: 'from a thread' }, d: 'dd' });
    }
    assert.throws(
      () =>
        queue.put({
          a: 1,
          get b() {
            throw new Error('no');
          },
        }),
      /no/,
    );
    queue.put({ a: 'small again' });
    assert.deepStrictEqual(queue.get(), { a: 'small again' });
  });

  it('copies any value as structuredClone does', () => {
    const queue = new lib.Queue<unknown>();
    const value = fc.anything({
      key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toString', '0', 'é', '\u{1f600}', '')),
      values: [
        fc.double(),
        fc.integer(),
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.boolean(),
        fc.constantFrom(null, undefined, -0),
        // assert of Node 20 and 22 finds no two invalid dates equal.
        fc.date({ noInvalidDate: true }),
      ],
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withBigInt: true,
      maxDepth: 4,
    });
    fc.assert(
      fc.property(value, fc.nat(3), (value, twice) => {
        const item = twice === 0 ? [value, value] : value;
        queue.put(item);
        assert.deepStrictEqual(queue.get(), structuredClone(item));
      }),
      { numRuns: 400 },
    );
  });

  it('copies what is like a plain value and is none', () => {
    const queue = new lib.Queue<unknown>();
    const shared = { n: 1 };
    const both = { a: shared, b: shared };
    queue.put(both);
    const copy = queue.get() as typeof both;
    assert.equal(copy.a, copy.b);
    class Point {
      constructor(readonly x: number) {}
    }
    const named = Object.assign([1, 2], { label: 'l' });
    const hidden = Object.defineProperty({ seen: 1 }, 'unseen', { value: 2 });
    const withGetter = {
      get inner() {
        // Puts while it is being put.
        queue.put('from the getter');
        return 5;
      },
    };
    for (const item of [
      new Point(3),
      named,
      hidden,
      { [Symbol('s')]: 1, t: 2 },
      /x/g,
      { deep: { deep: { deep: [[[[1]]]] } } },
    ]) {
      queue.put(item);
      assert.deepStrictEqual(queue.get(), structuredClone(item));
    }
    queue.put({ before: 'b', withGetter, after: 'a' });
    assert.equal(queue.get(), 'from the getter');
    assert.deepEqual(queue.get(), { before: 'b', withGetter: { inner: 5 }, after: 'a' });
    const failing = {
      get inner(): number {
        throw new Error('in the getter');
      },
    };
    assert.throws(() => queue.put(failing), /in the getter/);
    queue.put({ still: 'whole' });
    assert.deepEqual(queue.get(), { still: 'whole' });
    assert.equal(queue.empty(), true);
  });

  it('is a list with any sequence of puts and gets, of any sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(3000), { freq: 3 }), { maxLength: 120 }), (steps) => {
        const queue = new lib.Queue<string | number>();
        const list: (string | number)[] = [];
        for (const step of steps) {
          if (step === null) {
            if (list.length > 0) assert.equal(queue.get(), list.shift());
            else assert.throws(() => queue.getNowait(), lib.Empty);
          } else {
            const item = step % 3 === 0 ? step : String(step).repeat(step / 4);
            queue.put(item);
            list.push(item);
          }
          assert.equal(queue.qsize(), list.length);
        }
        while (list.length > 0) assert.equal(queue.get(), list.shift());
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what cannot be copied, names the way out, and stays whole', () => {
    const queue = new lib.Queue<unknown>(0, { name: 'jobs' });
    for (const item of [() => 1, { f: () => 1 }, new MessageChannel().port1, Symbol('s')]) {
      assert.throws(() => queue.put(item), /^TypeError: Queue "jobs": .*could not be cloned; .*use postMessage$/);
    }
    assert.equal(queue.qsize(), 0);
    queue.put(1);
    assert.equal(queue.get(), 1);
  });

  it('full and empty: at once, or after a time', () => {
    const queue = new lib.Queue<number>(2, { name: 'small' });
    assert.equal(queue.maxSize, 2);
    queue.put(1);
    assert.equal(queue.full(), false);
    queue.put(2);
    assert.equal(queue.full(), true);
    const isFull = (error: Error): boolean => error instanceof lib.Full && error.message === 'Queue "small": full';
    assert.throws(() => queue.putNowait(3), isFull);
    assert.throws(() => queue.put(3, { timeout: 2 }), isFull);
    assert.deepEqual([queue.get(), queue.getNowait()], [1, 2]);
    assert.throws(() => queue.getNowait(), { name: 'Empty', message: 'Queue "small": empty' });
    assert.throws(() => queue.get({ timeout: 2 }), lib.Empty);
    assert.throws(() => queue.get({ timeout: -2 }), /Queue "small": timeout must be 0 or more milliseconds, got -2/);
    assert.throws(() => queue.get({ block: false, timeout: 1 }), TypeError);
    for (const size of [-1, 1.5, NaN]) assert.throws(() => new lib.Queue(size), RangeError);
  });

  it('taskDone and join', () => {
    const queue = new lib.Queue<number>(0, { name: 'jobs' });
    assert.equal(queue.join(), true);
    queue.put(1);
    assert.equal(queue.join(1), false);
    queue.get();
    queue.taskDone();
    assert.equal(queue.join(), true);
    assert.throws(() => queue.taskDone(), { message: 'Queue "jobs": taskDone called more often than items were put' });
  });

  it('close refuses puts, lets gets drain, and wakes who waits', () => {
    const queue = new lib.Queue<{ producer: number; i: number; text: string }>();
    const consumer = new lib.Thread(targets.consume, [queue]);
    consumer.start();
    queue.put({ producer: 1, i: 0, text: '' });
    queue.join();
    queue.close();
    consumer.join();
    assert.deepEqual(consumer.result, [[1, 0]]);
    assert.throws(() => queue.put({ producer: 0, i: 0, text: '' }), { name: 'Closed', message: 'Queue: closed' });
  });

  for (const maxSize of [0, 3]) {
    it(`every item arrives once, in order of its producer (maxSize ${maxSize})`, () => {
      const [producers, consumers, each] = [3, 3, 1500];
      const queue = new lib.Queue<{ producer: number; i: number; text: string }>(maxSize);
      const making = Array.from({ length: producers }, (_, p) => new lib.Thread(targets.produce, [queue, p, each]));
      const taking = Array.from({ length: consumers }, () => new lib.Thread(targets.consume, [queue]));
      for (const thread of [...making, ...taking]) thread.start();
      for (const thread of making) thread.join();
      assert.equal(queue.join(), true);
      queue.close();
      const seen = new Set<string>();
      for (const thread of taking) {
        thread.join();
        const last = new Array<number>(producers).fill(-1);
        for (const [producer, i] of thread.result as [number, number][]) {
          assert.ok(i > (last[producer] as number), 'later items of a producer come later');
          last[producer] = i;
          seen.add(`${producer} ${i}`);
        }
      }
      assert.equal(seen.size, producers * each);
      assert.equal(
        taking.reduce((n, thread) => n + (thread.result as unknown[]).length, 0),
        producers * each,
      );
    });
  }

  it('close with immediate throws away what is left, and counts it as done', () => {
    const queue = new lib.Queue<number>();
    queue.put(1);
    queue.put(2);
    queue.get();
    queue.put(3);
    queue.close({ immediate: true });
    assert.equal(queue.closed, true);
    assert.equal(queue.qsize(), 0);
    assert.throws(() => queue.get(), lib.Closed);
    assert.equal(queue.join(1), false, 'one was got and is not dealt with');
    queue.taskDone();
    assert.equal(queue.join(), true);
    assert.throws(() => queue.taskDone(), /more often/);
    queue.close();
    assert.throws(() => queue.getNowait(), lib.Closed);
  });

  it('a subclass is one in every thread, by its from', () => {
    class Pipeline extends lib.Queue<string> {
      readonly label: string;
      constructor(label: string) {
        super(3, { name: 'pipeline' });
        this.label = label;
      }
      setMessage(text: string): void {
        this.put(`${this.label}: ${text}`);
      }
    }
    const pipeline = new Pipeline('a');
    pipeline.setMessage('one');
    const revived = Pipeline.from(structuredClone({ ...pipeline }));
    assert.ok(revived instanceof Pipeline);
    assert.equal(revived.maxSize, 3);
    revived.setMessage('two');
    assert.equal(Pipeline.from(pipeline), pipeline);
    assert.equal(Pipeline.from(lib.Queue.from(structuredClone({ ...pipeline }))).get(), 'a: one');
    const plain = lib.Queue.from<string>(structuredClone({ ...pipeline }));
    assert.equal(plain.constructor, lib.Queue);
    assert.equal(plain.get(), 'a: two');
  });

  it('bad input: the error names the queue, the value and what was expected', () => {
    const queue = new lib.Queue<unknown>(0, { name: 'jobs' });
    const bad: [() => unknown, RegExp][] = [
      [() => new lib.Queue(-1), /^RangeError: Queue: maxSize must be a whole number from 0 \(no limit\), got -1$/],
      [() => new lib.Queue('3' as never), /^RangeError: Queue: maxSize .*, got '3'$/],
      [() => new lib.LifoQueue(NaN), /^RangeError: LifoQueue: maxSize .*, got NaN$/],
      [() => new lib.Queue({ name: 'x' } as never), /^RangeError: Queue: .* options come second$/],
      [() => new lib.Queue(1, { name: 5 as never }), /^TypeError: Queue: name must be a string/],
      [() => queue.put(1, 5 as never), /^TypeError: Queue "jobs": options must be an object such as .*got 5$/],
      [() => queue.put(1, { block: 0 as never }), /^TypeError: Queue "jobs": block must be true or false, got 0$/],
      [() => queue.get({ timeout: NaN }), /^RangeError: Queue "jobs": timeout must be 0 or more .*, got NaN$/],
      [() => queue.get({ timeout: '5' as never }), /^TypeError: Queue "jobs": timeout must be a number/],
      [() => queue.get({ timeout: -1 }), /^RangeError: Queue "jobs": timeout .*, got -1$/],
      [() => queue.join(-1), /^RangeError: Queue "jobs": timeout .*, got -1$/],
      [
        () => queue.close({ immediate: 1 as never }),
        /^TypeError: Queue "jobs": immediate must be true or false, got 1$/,
      ],
      [() => lib.Queue.from({}), /^TypeError: Queue\.from: expected a Queue or a structured clone of one, got /],
      [
        () => lib.Queue.from(structuredClone({ ...new lib.Lock() })),
        /^TypeError: Queue\.from: .* the handle of a Lock$/,
      ],
      [() => lib.LifoQueue.from(queue), /^TypeError: LifoQueue\.from: .* the handle of a Queue$/],
    ];
    for (const [call, message] of bad) assert.throws(call, message);
    assert.equal(queue.qsize(), 0);
  });
});
