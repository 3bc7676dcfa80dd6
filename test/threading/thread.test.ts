import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Queue } from '../../src/index.js';
import { builtFolder, loadLibrary, loadTargets, type Library, type Targets } from './library.js';

describe('Thread', function () {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  const ended = <T extends { start(): void; join(): boolean }>(thread: T): T => {
    thread.start();
    assert.equal(thread.join(), true);
    return thread;
  };

  it('runs an exported function with typed arguments, and gives its result', () => {
    const thread = new lib.Thread(targets.add, [2, 3]);
    assert.equal(thread.ident, null);
    assert.equal(thread.result, undefined);
    assert.equal(ended(thread).result, 5);
    assert.equal(thread.isAlive(), false);
    assert.equal(typeof thread.ident, 'number');
    assert.equal(thread.join(), true);
  });

  it('takes a module by path, URL text or URL, and the name of an export', () => {
    const path = join(builtFolder(), 'targets.cjs');
    for (const module of [path, pathToFileURL(path).href, pathToFileURL(path)]) {
      assert.equal(ended(new lib.Thread(module, 'add', [4, 5])).result, 9);
    }
  });

  it('ends when an async target settles', () => {
    assert.equal(ended(new lib.Thread(targets.addLater, [2, 2])).result, 4);
    const failing = new lib.Thread(targets.throwLater);
    failing.start();
    assert.throws(() => failing.join(), { name: 'LateError', message: 'later', code: 'E_LATE' });
  });

  it('join throws what the target threw, with its stack, every time', () => {
    const thread = new lib.Thread(targets.throwRange, ['no more'], { name: 'thrower' });
    thread.start();
    for (let i = 0; i < 2; i++) {
      assert.throws(
        () => thread.join(),
        (error: Error) => {
          assert.ok(error instanceof RangeError);
          assert.equal(error.message, 'no more');
          assert.match(error.stack as string, /targets\.cjs:\d+/);
          assert.doesNotMatch(error.stack as string, /data:text/);
          return true;
        },
      );
    }
    assert.equal(thread.result, undefined);
  });

  it('join learns of uncaught errors, thrown values, process.exit and promises that cannot settle', () => {
    const joined = (thread: InstanceType<Library['Thread']>) => {
      thread.start();
      return () => thread.join();
    };
    assert.throws(joined(new lib.Thread(targets.throwUncaught)), { name: 'TypeError', message: 'from a timer' });
    assert.throws(
      joined(new lib.Thread(targets.throwText)),
      /^Error: Thread "Thread-\d+" threw 'just text', which is no error$/,
    );
    assert.throws(joined(new lib.Thread(targets.neverSettles)), /its promise can never settle/);
    assert.throws(joined(new lib.Thread(targets.giveFunction)), /functions, ports and other resources stay/);
    assert.equal(joined(new lib.Thread(targets.exitNow))(), true);
  });

  it('says what is wrong with a target', () => {
    assert.throws(() => new lib.Thread((() => 1) as never), /export it from a module, as export const work = threadF/);
    assert.throws(() => new lib.Thread('./relative.js', 'x'), /must be a URL or an absolute path/);
    assert.throws(() => new lib.Thread(), /needs a target/);
    assert.throws(() => new lib.Thread(join(builtFolder(), 'none.cjs'), 'x').start(), /there is no module .*none\.cjs/);
    const nowhere = new lib.Thread(targets.notExported);
    nowhere.start();
    assert.throws(
      () => nowhere.join(),
      /does not export a function or class "nowhere"; it exports .*add.*: its "notExported" was made known as 'nowhere', and both names/,
    );
    const none = new lib.Thread(join(builtFolder(), 'targets.cjs'), 'none');
    none.start();
    assert.throws(() => none.join(), { name: 'TypeError', message: /"none"; it exports .*: say exports\.none = …$/ });
    const module = join(builtFolder(), 'empty.mjs');
    writeFileSync(module, '');
    const empty = new lib.Thread(module, 'none');
    empty.start();
    assert.throws(() => empty.join(), /"none"; it exports nothing: say export const none = …$/);
  });

  it('an error that is not the target’s has the place of the join', async () => {
    const none = new lib.Thread(join(builtFolder(), 'targets.cjs'), 'none');
    none.start();
    const place = /^TypeError: .*\n +at (?:async )?\w+\.join(?:Async)? .*\n(?:.*\n)? +at .*thread\.test\.ts/;
    const stackOf = (error: unknown): string => (error as Error).stack as string;
    assert.match(stackOf(await none.joinAsync().catch((error: unknown) => error)), place);
    assert.throws(
      () => none.join(),
      (error) => place.test(stackOf(error)),
    );
  });

  it('join tells why a module could not be loaded', () => {
    const broken = join(builtFolder(), 'broken.mjs');
    writeFileSync(broken, 'export const x = ;');
    const thread = new lib.Thread(broken, 'x');
    thread.start();
    assert.throws(() => thread.join(), { name: 'SyntaxError' });
  });

  it('refuses arguments that cannot cross, and can still be started', () => {
    const thread = new lib.Thread(targets.describeArgs, [() => 1]);
    assert.throws(() => thread.start(), /argument 1 cannot cross to another thread/);
    assert.equal(thread.isAlive(), false);
  });

  it('start twice, join before start, of itself and of main are errors', () => {
    const thread = new lib.Thread(targets.add, [1, 1], { name: 'once' });
    assert.throws(() => thread.join(), { message: 'Thread "once": join before start' });
    thread.name = 'renamed';
    thread.daemon = true;
    ended(thread);
    assert.throws(() => thread.start(), /Thread "renamed": has been started already; a thread can be started once$/);
    assert.throws(
      () => (thread.name = 'late'),
      /has been started already, and its name can be changed before that only/,
    );
    assert.throws(() => (thread.daemon = false), /and daemon can be changed before that only/);
    assert.throws(() => lib.mainThread().join(), /the main thread cannot be joined/);
  });

  it('join with a timeout gives up', () => {
    const event = new lib.Event();
    const thread = new lib.Thread(targets.waitFor, [event]);
    thread.start();
    assert.equal(thread.join(5), false);
    assert.equal(thread.join(0), false);
    assert.equal(thread.isAlive(), true);
    event.set();
    assert.equal(thread.join(), true);
    for (const timeout of [-1, NaN]) assert.throws(() => thread.join(timeout), RangeError);
  });

  it('knows itself, the main thread and its living threads', () => {
    const thread = ended(new lib.Thread(targets.whoAmI, [], { name: 'self' }));
    assert.deepEqual(thread.result, {
      name: 'self',
      ident: thread.ident,
      same: true,
      main: ['main', 0, true],
      alive: ['main', 'self'],
    });
    assert.equal(lib.currentThread(), lib.mainThread());
    assert.equal(lib.getIdent(), 0);
    const event = new lib.Event();
    const waiting = new lib.Thread(targets.waitFor, [event]);
    assert.ok(!lib.enumerate().includes(waiting as never));
    waiting.start();
    assert.ok(lib.enumerate().includes(waiting as never));
    const before = lib.activeCount();
    event.set();
    waiting.join();
    assert.equal(lib.activeCount(), before - 1);
  });

  it('revives primitives and threads anywhere in its arguments', () => {
    const parts = [
      new lib.Lock({ name: 'l' }),
      new lib.RLock({ name: 'r' }),
      { deep: new lib.Event({ name: 'e' }) },
      new Map([['q', new lib.Queue(1, { name: 'q' })]]),
      new Set([new lib.Thread(targets.add, [1, 1], { name: 't' })]),
    ];
    const thread = ended(new lib.Thread(targets.describeArgs, [parts]));
    assert.equal(thread.result, '["Lock l","RLock r",[["deep","Event e"]],[["q","Queue q"]],["Thread t"]]');
  });

  it('any thread may join any other', () => {
    const event = new lib.Event();
    const first = new lib.Thread(targets.waitFor, [event]);
    first.start();
    const second = new lib.Thread(targets.joinOther, [first as never]);
    second.start();
    assert.equal(second.join(5), false);
    event.set();
    second.join();
    assert.equal(second.result, true);
  });

  it('joinAsync leaves the event loop alone, and tells the same', async () => {
    const event = new lib.Event();
    const thread = new lib.Thread(targets.waitFor, [event]);
    await assert.rejects(() => thread.joinAsync(), /join before start/);
    thread.start();
    assert.equal(await thread.joinAsync(3), false);
    const joins = [thread.joinAsync(), thread.joinAsync(60_000)];
    event.set();
    assert.deepEqual(await Promise.all(joins), [true, true]);
    assert.equal(await thread.joinAsync(), true);
    const failing = new lib.Thread(targets.throwRange, ['no more']);
    failing.start();
    await assert.rejects(() => failing.joinAsync(), { name: 'RangeError', message: 'no more' });
    for (const timeout of [-1, NaN]) await assert.rejects(() => thread.joinAsync(timeout), RangeError);
    await assert.rejects(() => lib.mainThread().joinAsync(), /the main thread cannot be joined/);
  });

  it('passes through queues and results, and is the same Thread', () => {
    const queue = new lib.Queue<unknown>();
    const thread = new lib.Thread(targets.add, [1, 2]);
    queue.put(thread);
    thread.start();
    const got = queue.get();
    assert.equal(got, thread);
    thread.join();
  });

  it('a result may hold primitives, Threads and shared memory, in the thread that started it', () => {
    const thread = ended(new lib.Thread(targets.giveShared, [], { name: 'giver' }));
    const result = thread.result as { queue: Queue<string>; cell: Int32Array; self: unknown };
    assert.ok(result.queue instanceof lib.Queue);
    assert.equal(result.queue.name, 'given');
    assert.equal(result.queue.get(), 'from inside');
    assert.equal(result.cell[0], 7);
    assert.equal(result.self, thread);
    result.cell[0] = 8;
    assert.equal(thread.result?.cell[0], 8);
    assert.equal(
      ended(new lib.Thread(targets.readOther, [thread])).result,
      'Error: Thread "giver": its result holds shared memory or primitives, which only the thread that started it has: ' +
        'ask for it there, or have the thread put it into a queue',
    );
  });

  it('such a result is there after its worker is gone, too', async () => {
    const thread = new lib.Thread(targets.giveShared);
    thread.start();
    await thread.joinAsync();
    await new Promise((done) => setTimeout(done, 100));
    assert.equal(thread.result?.cell[0], 7);
    assert.equal(thread.join(), true);
  });

  it('sleepAsync does not block', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await lib.sleepAsync(20);
    clearInterval(timer);
    assert.ok(turns > 0);
    for (const ms of [-1, NaN, Infinity]) await assert.rejects(() => lib.sleepAsync(ms), RangeError);
  });

  it('runs a thread class with the properties of its instance', () => {
    const thread = new targets.LengthGetter('12345');
    assert.equal(thread.name, 'get 12345');
    assert.equal(ended(thread).result, 5);
  });

  it('a thread class that asks for what did not cross is told what to do', () => {
    for (const way of ['read', 'write', 'call', 'later'] as const) {
      const thread = new targets.KeepsPrivate(way);
      thread.start();
      assert.throws(
        () => thread.join(),
        ({ name, message, stack }: Error) => {
          assert.equal(name, 'TypeError');
          const what = way === 'call' ? 'a private field or method' : '#secret';
          const start = `${what} is not there in the thread: a thread class crosses as a copy of its properties, without`;
          assert.ok(message.startsWith(start), message);
          assert.match(message, /Use a property without # \(in TypeScript: private\), or make it inside of run\(\)$/);
          assert.ok(stack?.startsWith(`TypeError: ${message}\n    at `), stack);
          return true;
        },
      );
    }
    assert.throws(() => new targets.KeepsFunction().start(), {
      name: 'TypeError',
      message:
        /^Thread "Thread-\d+": its property "parse" cannot cross to another thread: .* make the rest inside of run\(\)\.$/,
    });
  });

  describe('in a program', () => {
    const program = (body: string): { status: number | null; stdout: string; stderr: string } => {
      const file = join(builtFolder(), 'program.cjs');
      writeFileSync(
        file,
        `const { isMainThread } = require('node:worker_threads');
         const { Thread, threadFunction, print, sleep } = require('./index.cjs');
         exports.fail = threadFunction(__filename, 'fail', () => { throw new Error('seen by nobody'); });
         exports.wait = threadFunction(__filename, 'wait', () => { setTimeout(() => print('waited'), 50); });
         exports.hang = threadFunction(__filename, 'hang', () => { sleep(1e9); });
         if (isMainThread) { ${body} }`,
      );
      return spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 20_000 });
    };

    it('an error that nobody joined for is told on stderr', () => {
      const { status, stderr } = program(`new Thread(exports.fail, [], { name: 'f' }).start();`);
      assert.match(stderr, /^Thread "f" failed, and nobody has joined it: Error: seen by nobody\n +at /);
      assert.equal(status, 0);
    });

    it('the process waits for a thread, but not for a daemon', () => {
      assert.equal(program(`new Thread(exports.wait).start();`).stdout, 'waited\n');
      assert.equal(program(`new Thread(exports.hang, [], { daemon: true }).start();`).status, 0);
    });
  });
});
