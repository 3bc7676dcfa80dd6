import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Tasks = typeof import('./fixture/poolTargets.js');

describe('Local', function () {
  let lib: Library;
  let tasks: Tasks;

  before(() => {
    lib = loadLibrary();
    tasks = loadFixture<Tasks>('poolTargets');
  });

  const resultOf = <T>(thread: { start(): void; join(): boolean; result: T | undefined }): T | undefined => {
    thread.start();
    thread.join();
    return thread.result;
  };

  it('has a value for each thread', () => {
    const local = new lib.Local(tasks.zero, { name: 'n' });
    local.value = 10;
    for (let i = 0; i < 2; i++) assert.equal(resultOf(new lib.Thread(tasks.countIn, [local])), 1);
    assert.equal(local.value, 10);
    local.clear();
    assert.equal(local.value, 0);
  });

  it('keeps it as long as the thread lives', () => {
    const pool = new lib.ThreadPoolExecutor({ maxWorkers: 1 });
    const local = new lib.Local(tasks.zero);
    assert.deepEqual([...pool.map(tasks.countIn, [local, local, local])], [1, 2, 3]);
    assert.deepEqual([pool.submit(tasks.countOwn).result(), pool.submit(tasks.countOwn).result()], [1, 2]);
    pool.shutdown();
  });

  it('computes the first value once, when it is asked for; undefined without a function', () => {
    let calls = 0;
    const local = new lib.Local(() => ({ calls: ++calls }));
    assert.equal(calls, 0);
    assert.equal(local.value, local.value);
    assert.equal(calls, 1);
    assert.equal(new lib.Local().value, undefined);
  });

  it('says so when its function stayed in another thread', () => {
    const local = new lib.Local(() => 0, { name: 'count' });
    assert.throws(() => resultOf(new lib.Thread(tasks.countIn, [local])), {
      message:
        'Local "count": has no value in this thread, and its initial function did not cross to it: set the value first, ' +
        'or make its initial function by threadFunction, in a module that this thread imports',
    });
  });

  it('is the same behind each of its handles, and no other', () => {
    const local = new lib.Local(() => 0);
    local.value = 1;
    assert.equal(lib.Local.from(structuredClone({ ...local })).value, 1);
    assert.equal(lib.Local.from(local), local);
    assert.equal(new lib.Local(() => 0).value, 0);
    assert.throws(() => lib.Local.from(5), /Local\.from: expected a Local/);
    assert.throws(() => lib.Local.from(new lib.Lock()), /got the handle of a Lock/);
    assert.throws(
      () => new lib.Local(0 as never),
      /the initial value is given by a function, such as \(\) => 0; got number/,
    );
  });
});
