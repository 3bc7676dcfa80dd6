import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ChannelReceiver, type TakenRecord } from '../../src/threading/pools/channelReceiver.js';
import { ChannelSender, type PushedRecord } from '../../src/threading/pools/channelSender.js';
import { newChannelMemory } from '../../src/threading/pools/taskChannel.js';

type Step = { readonly push: number } | { readonly take: number } | { readonly cancel: number };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ push: fc.oneof(fc.nat(50), fc.nat(9000)) }) },
    { weight: 3, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 20 }) }) },
    { weight: 1, arbitrary: fc.record({ cancel: fc.nat(30) }) },
  ),
  { maxLength: 300 },
);

describe('the channel of tasks', () => {
  it('gives what was pushed, once, in order, without what was cancelled', () => {
    fc.assert(
      fc.property(steps, (all: readonly Step[]) => {
        const memory = newChannelMemory(1);
        const sender = new ChannelSender(memory, 'test');
        const receiver = new ChannelReceiver(structuredCloneShared(memory));
        const waiting: { task: number; bytes: Uint8Array; pushed: PushedRecord }[] = [];
        const gone: PushedRecord[] = [];
        let last = 0;
        for (const step of all) {
          if ('push' in step) {
            const task = ++last;
            const bytes = new Uint8Array(step.push).fill(task);
            const buffers = task % 3 === 0 ? [task, task + 1] : [];
            const head = { task, code: task * 2, object: task * 3, buffers, first: task * 5 };
            waiting.push({ task, bytes, pushed: sender.push(head, bytes) });
          } else if ('take' in step) {
            for (let i = 0; i < step.take; i++) {
              const wanted = waiting.shift();
              const announced: number[] = [];
              const got = receiver.take((task) => announced.push(task));
              assert.equal(got?.task, wanted?.task);
              if (!wanted || !got) continue;
              assert.equal(announced.at(-1), wanted.task);
              checkRecord(got, wanted.bytes);
              gone.push(wanted.pushed);
            }
          } else {
            const [one] = waiting.splice(step.cancel % (waiting.length + 1), 1);
            if (one) {
              assert.equal(sender.cancel(one.pushed), true);
              gone.push(one.pushed);
            }
            for (const pushed of gone.slice(-5)) assert.equal(sender.cancel(pushed), false);
          }
        }
        assert.equal(receiver.take()?.task, waiting[0]?.task);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('does not grow while what is pushed is taken', () => {
    const memory = newChannelMemory(1);
    const sender = new ChannelSender(memory, 'test');
    const receiver = new ChannelReceiver(memory);
    const head = { task: 1, code: 1, object: 1, buffers: [], first: 0 };
    const round = (i: number): void => {
      for (let k = 0; k < 10; k++) sender.push(head, new Uint8Array((i * 37 + k * 11) % 500));
      for (let k = 0; k < 10; k++) assert.notEqual(receiver.take(), undefined);
    };
    for (let i = 0; i < 100; i++) round(i);
    const size = memory.byteLength;
    for (let i = 0; i < 5000; i++) round(i);
    assert.equal(memory.byteLength, size);
  });
});

function checkRecord({ task, code, object, buffers, first, bytes }: TakenRecord, expected: Uint8Array): void {
  assert.deepEqual([code, object, first], [task * 2, task * 3, task * 5]);
  assert.deepEqual(buffers, task % 3 === 0 ? [task, task + 1] : []);
  assert.deepEqual(bytes, expected);
}

/** Another object of the same memory, as another thread has it. */
const structuredCloneShared = (memory: SharedArrayBuffer): SharedArrayBuffer => structuredClone(memory);
