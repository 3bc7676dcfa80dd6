import assert from 'node:assert/strict';
import { nanos } from '../../src/base/brand.js';
import { Forgetting } from '../../src/model/forget.js';
import { feed } from '../../src/model/feed.js';
import { Model } from '../../src/model/model.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import type { ObjectKind } from '../../src/trace/objectKinds.js';
import { NO_TIMEOUT, OP, type SingleOpName } from '../../src/trace/ops.js';

class Program {
  readonly dictionary = new Dictionary();
  readonly model = new Model(this.dictionary);
  readonly forgetting = new Forgetting(this.model);
  readonly #feed = feed(this.dictionary, this.model);
  readonly #events = new EventColumns(16);
  #t = 0;
  readonly forgotten = new Set<number>();

  thread(id: number): void {
    this.#feed.thread({ id, name: null, parent: 0, start: nanos(this.#t), file: null, library: false });
  }

  object(id: number, kind: ObjectKind, ends: { from?: number; to?: number } = {}): void {
    this.#feed.object({ id, kind, name: null, stack: -1, thread: 0, capacity: null, ...ends });
  }

  does(thread: number, op: SingleOpName, object: number, arg = NaN, extra = 0): void {
    const events = this.#events;
    events.clear();
    events.push((this.#t += 1000), thread, OP[op], object, -1, false, arg, extra);
    this.#feed.events(events);
  }

  turn(): void {
    for (const object of this.forgetting.turn()) this.forgotten.add(object);
  }
}

describe('a model that forgets', () => {
  it('stays small while channels and words come and go, and keeps what is held, awaited or used', () => {
    const program = new Program();
    const { model } = program;
    for (const thread of [1, 2]) program.thread(thread);
    const [held, wanted, used] = [1, 2, 3];
    for (const lock of [held, wanted, used]) program.object(lock, 'lock');
    program.does(1, 'lock.acquired', held, 1);
    program.does(2, 'lock.acquire', wanted, 0, NO_TIMEOUT);
    let most = 0;
    for (let id = 10; id < 80_000; id += 2) {
      program.object(id, 'port', { from: 0, to: 0 });
      program.does(0, 'port.post', id, 0);
      program.does(0, 'port.receive', id, 0);
      program.does(0, 'port.close', id);
      program.object(id + 1, 'word');
      program.does(0, 'word.notify', id + 1, 0);
      if (id % 1000 === 0) program.does(0, 'lock.acquired', used, 1);
      if (id % 1000 === 0) program.does(0, 'lock.release', used, 0);
      program.turn();
      most = Math.max(most, model.objects.size, program.dictionary.objects.size);
    }
    assert.ok(most < 40_000, `${most} objects`);
    assert.ok(program.forgotten.size > 40_000);
    for (const lock of [held, wanted, used]) assert.equal(program.dictionary.objects.get(lock)?.kind, 'lock');
    assert.equal(model.objects.get(held)?.lock?.hold?.thread, 1);
    assert.equal(model.threads.get(2)?.wait?.object, wanted);
  });

  it('keeps few objects for ever, however long nobody uses them', () => {
    const program = new Program();
    program.object(1, 'lock');
    for (let thread = 1; thread < 2000; thread++) {
      program.thread(thread);
      program.turn();
    }
    assert.equal(program.dictionary.objects.get(1)?.kind, 'lock');
  });

  it('forgets the threads that ended with the channels that only they had', () => {
    const program = new Program();
    const { model, dictionary } = program;
    program.thread(0);
    for (let id = 1; id < 3000; id++) {
      program.thread(id);
      program.does(0, 'thread.start', id);
      program.object(2 * id, 'port', { from: 0, to: id });
      program.object(2 * id + 1, 'port', { from: id, to: 0 });
      program.does(id, 'port.listen', 2 * id);
      program.does(id, 'thread.end', id, 0);
      program.turn();
    }
    assert.ok(model.threads.size < 1000, `${model.threads.size} threads`);
    assert.equal(dictionary.threads.size, model.threads.size);
    assert.ok(model.objects.size < 2000, `${model.objects.size} objects`);
    assert.ok(model.threads.has(0) && model.threads.has(2999));
  });
});
