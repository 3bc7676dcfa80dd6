import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nanos, type Nanos } from '../../src/base/brand.js';
import { Broadcasts } from '../../src/model/broadcasts.js';

const T = (n: number): Nanos => nanos(n);
const never = (): Nanos => T(0);

/** One receiver that is there from the start, and senders that post what they are told to. */
class Stage {
  readonly broadcasts = new Broadcasts();
  private readonly numbers = new Map<number, number>();
  private t = 0;

  constructor(readonly receiver = 1) {
    this.broadcasts.open('news', receiver, { thread: 0, own: 2, madeAt: T(0) }, never);
  }

  post(sender: number, signature: number): number {
    const sequence = this.numbers.get(sender) ?? 0;
    this.numbers.set(sender, sequence + 1);
    const sent = { sequence, signature, thread: sender, stack: -1, t: T(++this.t) };
    this.broadcasts.post('news', sender, sent, () => false);
    return sequence;
  }

  receive(signature: number): string | null {
    const match = this.broadcasts.receive('news', this.receiver, signature, T(++this.t));
    return match && `${match.sender}#${match.sent.sequence}`;
  }
}

describe('broadcasts', () => {
  it('are matched while one sender posts at a time', () => {
    const stage = new Stage();
    stage.post(10, 7);
    assert.equal(stage.receive(7), '10#0');
    stage.post(11, 7);
    stage.post(11, 7);
    assert.deepEqual([stage.receive(7), stage.receive(7)], ['11#0', '11#1']);
    stage.post(10, 7);
    assert.equal(stage.receive(7), '10#1');
  });

  it('are told apart by what they look like', () => {
    const stage = new Stage();
    stage.post(10, 7);
    stage.post(11, 8);
    stage.post(10, 9);
    assert.deepEqual([stage.receive(8), stage.receive(7), stage.receive(9)], ['11#0', '10#0', '10#1']);
  });

  it('name nobody while two fit, and are sure again once all have come', () => {
    const stage = new Stage();
    stage.post(10, 7);
    stage.post(11, 7);
    assert.deepEqual([stage.receive(7), stage.receive(7)], [null, null]);
    stage.post(11, 7);
    assert.equal(stage.receive(7), '11#1');
  });

  it('find out by what comes later', () => {
    const stage = new Stage();
    stage.post(10, 7);
    stage.post(10, 8);
    stage.post(11, 7);
    stage.post(11, 9);
    assert.equal(stage.receive(7), null);
    // Only who has got 10's first can get its second.
    assert.equal(stage.receive(8), '10#1');
    assert.deepEqual([stage.receive(7), stage.receive(9)], ['11#0', '11#1']);
  });

  it('do not come back to the instance that posted them', () => {
    const stage = new Stage();
    stage.post(2, 7);
    stage.post(10, 7);
    assert.equal(stage.receive(7), '10#0');
  });

  it('name nobody where the trace lacks one', () => {
    const stage = new Stage();
    stage.post(10, 7);
    assert.equal(stage.receive(8), null);
    stage.post(10, 9);
    assert.equal(stage.receive(7), null);
  });

  it('posted while an instance is made may have come to it, or not', () => {
    for (const cameIn of [true, false]) {
      const broadcasts = new Broadcasts();
      const post = (sequence: number, signature: number, t: number): unknown =>
        broadcasts.post('news', 10, { sequence, signature, thread: 10, stack: -1, t: T(t) }, () => false);
      post(0, 7, 100);
      broadcasts.open('news', 1, { thread: 0, own: 2, madeAt: T(90) }, () => T(100));
      post(1, 8, 200);
      const receive = (signature: number): number | undefined =>
        broadcasts.receive('news', 1, signature, T(300))?.sent.sequence;
      if (cameIn) assert.equal(receive(7), 0);
      assert.equal(receive(8), 1);
    }
  });

  it('posted by a thread that has done something since are over', () => {
    const broadcasts = new Broadcasts();
    const sent = (sequence: number, t: number): Parameters<Broadcasts['post']>[2] => {
      return { sequence, signature: 7, thread: 10, stack: -1, t: T(t) };
    };
    broadcasts.post('news', 10, sent(0, 100), () => false);
    broadcasts.open('news', 1, { thread: 0, own: 2, madeAt: T(200) }, () => T(150));
    broadcasts.post('news', 10, sent(1, 300), () => false);
    assert.equal(broadcasts.receive('news', 1, 7, T(400))?.sent.sequence, 1);
  });

  it('that could not be posted are not expected', () => {
    const stage = new Stage();
    const sequence = stage.post(10, 7);
    stage.broadcasts.takeBack('news', 10, sequence);
    stage.post(11, 7);
    assert.equal(stage.receive(7), '11#0');
  });

  it('are never given to a wrong sender', () => {
    const step = fc.record({ sender: fc.integer({ min: 10, max: 12 }), signature: fc.integer({ min: 0, max: 2 }) });
    let sure = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(step, fc.integer({ min: 0, max: 2 })), { maxLength: 60 }), (actions) => {
        const stage = new Stage();
        const underway = new Map<number, { name: string; signature: number }[]>();
        for (const action of actions) {
          if (typeof action !== 'number') {
            const name = `${action.sender}#${stage.post(action.sender, action.signature)}`;
            underway.set(action.sender, [...(underway.get(action.sender) ?? []), { ...action, name }]);
            continue;
          }
          // The receiver takes the next of any sender: those of one in order, those of several mixed anyhow.
          const queues = [...underway.values()].filter((queue) => queue.length > 0);
          const message = queues[action % Math.max(queues.length, 1)]?.shift();
          if (message === undefined) continue;
          const found = stage.receive(message.signature);
          if (found !== null) sure += 1;
          assert.ok(found === null || found === message.name, `${found} is not ${message.name}`);
          // With a single sender there is no doubt.
          if (underway.size === 1) assert.notEqual(found, null);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(sure > 0);
  });
});
