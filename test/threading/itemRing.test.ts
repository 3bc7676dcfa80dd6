import assert from 'node:assert/strict';
import { ItemBytes, TAG } from '../../src/threading/queues/itemBytes.js';
import { ItemRing, NEW_RING_BYTES } from '../../src/threading/queues/itemRing.js';
import { HEADER_BYTES } from '../../src/threading/queues/queueMemory.js';

describe('the memory of a FIFO queue', () => {
  it('when it is full, says what it can hold and not what was reserved', () => {
    const memory = new SharedArrayBuffer(NEW_RING_BYTES, { maxByteLength: 4 * 2 ** 20 });
    const ring = new ItemRing(memory, new Int32Array(memory, 0, HEADER_BYTES / 4));
    ring.initialize();
    const item = ItemBytes.own(TAG.BYTES, new Uint8Array(300 * 1024));
    const who = { kind: 'queue', name: 'jobs' } as const;
    let count = 0;
    const put = (): void => {
      ring.write(item, 0, who);
      ring.publish();
      count++;
    };
    assert.throws(
      () => {
        for (;;) put();
      },
      {
        name: 'RangeError',
        message: 'Queue "jobs": out of shared memory: it can hold 2 MiB, and 2404360 bytes are needed',
      },
    );
    assert.equal(count, 6);
    // What is there stays, and there is room again when one is taken.
    ring.peek();
    ring.take();
    put();
    assert.equal(ring.length, 6);
  });
});
