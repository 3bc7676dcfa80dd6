/** The lock inside of queues and lines of waiters, when its holder is gone. */
import assert from 'node:assert/strict';
import { markDead, newToken } from '../../src/threading/threads/registry.js';
import { enter, leave } from '../../src/threading/waiting/robustMutex.js';

describe('the lock that survives its holder', () => {
  const heldBy = (token: number): Int32Array => new Int32Array(new SharedArrayBuffer(4)).fill(token * 2);

  it('is taken over from a thread that is known to be dead', () => {
    const token = newToken();
    const cells = heldBy(token);
    markDead(token);
    assert.equal(enter(cells, 0), true);
    leave(cells, 0);
    assert.equal(enter(cells, 0), false);
  });

  it('is never taken from a thread of which nobody can know: an error says so after a while', () => {
    const cells = heldBy(2 ** 27);
    const { wait } = Atomics;
    let waits = 0;
    const patched = { wait: (): string => (++waits === 150 ? 'ok' : 'timed-out') };
    Object.assign(Atomics, patched);
    try {
      assert.throws(() => enter(cells, 0), /was not started by Thread was terminated in the middle of an operation/);
    } finally {
      Object.assign(Atomics, { wait });
    }
    // Where somebody left, it began to wait anew.
    assert.equal(waits, 150 + 201);
    assert.equal((cells[0] as number) >> 1, 2 ** 27);
  });
});
