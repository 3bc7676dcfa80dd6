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

  it('one that another thread uses too: what this one saw of it last is never taken for more than it was', () => {
    const memory = new SharedArrayBuffer(NEW_RING_BYTES, { maxByteLength: 4 * 2 ** 20 });
    const newRing = (): ItemRing => new ItemRing(memory, new Int32Array(memory, 0, HEADER_BYTES / 4));
    const rings = [newRing(), newRing(), newRing()];
    rings[0]?.initialize();
    let random = 1;
    const below = (limit: number): number => (random = (random * 48271) % 2147483647) % limit;
    const expected: Uint8Array[] = [];
    for (let i = 0; i < 20_000; i++) {
      // In turn more is put and more is taken, so that it fills, wraps, grows and becomes empty.
      const ring = rings[below(3)] as ItemRing;
      if (below(10) < (i % 2000 < 1000 ? 7 : 3)) {
        const bytes = new Uint8Array(below(i % 4000 < 3000 ? 40 : 400)).fill(i);
        ring.write(ItemBytes.own(TAG.BYTES, bytes), 0, { kind: 'queue', name: undefined });
        ring.publish();
        expected.push(bytes);
      } else if (ring.isEmpty()) {
        assert.equal(expected.length, 0);
      } else {
        const { tag, length, bytes } = ring.peek();
        assert.deepEqual([tag, Buffer.from(bytes.slice(0, length))], [TAG.BYTES, Buffer.from(expected.shift() ?? [])]);
        ring.take();
      }
      assert.equal(ring.length, expected.length);
      assert.equal((rings[below(3)] as ItemRing).isFull(expected.length + 1), false);
      assert.equal((rings[below(3)] as ItemRing).isFull(expected.length), true);
    }
  });
});
