import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BufferTable } from '../../src/collector/bufferTable.js';
import { CarriedMessages } from '../../src/collector/carriedMessages.js';
import { PortTable } from '../../src/collector/portTable.js';
import type { BufferMark, CarriedDefinition } from '../../src/probe/definitions.js';
import { FIRST_BROUGHT_NUMBER, FIRST_MARK_NUMBER } from '../../src/probe/definitions.js';

function tables(): { ports: PortTable; buffers: BufferTable; messages: CarriedMessages } {
  const ports = new PortTable();
  const buffers = new BufferTable();
  return { ports, buffers, messages: new CarriedMessages(ports, buffers) };
}

const mark = (number: number, byteLength = 8): BufferMark => ({ number: FIRST_MARK_NUMBER + number, byteLength });

/** One that a message brought. */
const brought = (number: number, byteLength = 8): BufferMark => {
  return { number: FIRST_BROUGHT_NUMBER + number, byteLength };
};

/** A port that goes from thread to thread, each time through the wire; each thread posts and receives with it. */
interface Hop {
  readonly posted: number;
  readonly received: number;
}

/** What the threads tell, in the order in which it happens, and what it has to come to. */
function journey(hops: readonly Hop[]): { told: CarriedDefinition[]; ids: number[]; sums: Hop[] } {
  const told: CarriedDefinition[] = [];
  const [ids, sums] = [[1] as number[], [{ posted: 0, received: 0 }] as Hop[]];
  hops.forEach(({ posted, received }, i) => {
    const [out, next] = [ids[i] as number, 10 * (i + 1)];
    const message = { carrier: 5, sequence: i };
    told.push({
      kind: 'handed',
      ...message,
      thread: i,
      ports: [{ index: 0, order: 0, out, in: out + 1, posted, received }],
    });
    const place = i % 2 === 0 ? { index: 0, order: -1 } : { index: -1, order: 0 };
    told.push({ kind: 'taken', ...message, thread: i + 1, ports: [{ ...place, out: next, in: next + 1 }] });
    const sum = sums[i] as Hop;
    ids.push(next);
    sums.push({ posted: sum.posted + posted, received: sum.received + received });
  });
  return { told, ids, sums };
}

describe('collector: what messages carry', () => {
  it('a port is one through all hands, whatever is heard first', () => {
    const hop = fc.record({ posted: fc.nat(9), received: fc.nat(9) });
    const shuffled = fc.array(hop, { minLength: 1, maxLength: 6 }).chain((hops) => {
      const way = journey(hops);
      const told = fc.shuffledSubarray(way.told, { minLength: way.told.length });
      return fc.record({ way: fc.constant(way), told });
    });
    fc.assert(
      fc.property(shuffled, ({ way, told }) => {
        const { ports, messages } = tables();
        for (const definition of told) messages.add(definition);
        while (messages.settle());
        assert.deepEqual(messages.takeStrays(), []);
        way.ids.forEach((id, i) => {
          const { posted, received } = way.sums[i] as Hop;
          const [out, into] = [ports.placeOf(id), ports.placeOf(id + 1)];
          assert.deepEqual([out.object, out.offset, into.object, into.offset], [1, posted, 2, received]);
        });
        const last = way.ids.length - 1;
        assert.deepEqual(ports.endsOf(1, { from: 99, to: 98 }), { from: last, to: 98 });
        assert.deepEqual(ports.endsOf(2, { from: 99, to: 98 }), { from: 99, to: last });
      }),
    );
  });

  it('the way of a port may itself have been handed on', () => {
    const { ports, messages } = tables();
    // Thread 0 hands the wire 5/6 to thread 1 by 7, and 1 hands the port 1/2 to thread 2, which has the wire's other end.
    const wire = { index: 0, order: 0, out: 5, in: 6, posted: 3, received: 0 };
    messages.add({
      kind: 'taken',
      thread: 2,
      carrier: 5,
      sequence: 3,
      ports: [{ index: 0, order: -1, out: 30, in: 31 }],
    });
    messages.add({
      kind: 'taken',
      thread: 1,
      carrier: 7,
      sequence: 0,
      ports: [{ index: 0, order: -1, out: 20, in: 21 }],
    });
    messages.add({
      kind: 'handed',
      thread: 1,
      carrier: 20,
      sequence: 0,
      ports: [{ index: 0, order: 0, out: 1, in: 2, posted: 4, received: 5 }],
    });
    assert.equal(messages.settle(), true);
    messages.add({ kind: 'handed', thread: 0, carrier: 7, sequence: 0, ports: [wire] });
    assert.equal(messages.settle(), false);
    assert.deepEqual(ports.movedTo(30), { object: 1, offset: 4, hands: 1 });
    assert.deepEqual(ports.movedTo(31), { object: 2, offset: 5, hands: 1 });
    assert.deepEqual(ports.endsOf(5, {}), { from: 1 });
  });

  it('a port on its way belongs to nobody; one that was kept, to who kept it', () => {
    const { ports, messages } = tables();
    const port = { index: 0, order: 0, out: 1, in: 2, posted: 0, received: 0 };
    messages.add({ kind: 'handed', thread: 3, carrier: 0, sequence: 0, ports: [port] });
    messages.settle();
    assert.deepEqual([...ports.takeChanged()], [1, 2]);
    assert.deepEqual(ports.endsOf(2, { from: 4, to: 3 }), { from: 4 });
    messages.add({ kind: 'kept', thread: 3, carrier: 0, sequence: 0, ports: [port] });
    assert.deepEqual(ports.endsOf(2, { from: 4, to: 3 }), { from: 4, to: 3 });
  });

  it('a port of which only the receiver speaks stands for itself, after all were heard twice', () => {
    const { ports, messages } = tables();
    messages.add({
      kind: 'taken',
      thread: 2,
      carrier: 5,
      sequence: 3,
      ports: [{ index: 0, order: -1, out: 30, in: 31 }],
    });
    assert.equal(messages.settle(), true);
    assert.deepEqual(messages.takeStrays(), []);
    assert.equal(messages.settle(), false);
    assert.deepEqual(messages.takeStrays(), [{ index: 0, order: -1, out: 30, in: 31, thread: 2 }]);
    assert.equal(ports.movedTo(30), undefined);
  });

  it('buffers are joined by what messages carried, along any way', () => {
    const { buffers, messages } = tables();
    messages.add({
      kind: 'taken',
      thread: 2,
      carrier: 5,
      sequence: 0,
      ports: [],
      buffers: [brought(20), brought(21, -1)],
    });
    messages.add({ kind: 'taken', thread: 1, carrier: 4, sequence: 9, ports: [], buffers: [brought(10)] });
    messages.add({ kind: 'handed', thread: 1, carrier: 5, sequence: 0, ports: [], buffers: [brought(10), mark(11)] });
    messages.add({ kind: 'handed', thread: 0, carrier: 4, sequence: 9, ports: [], buffers: [mark(1)] });
    messages.settle();
    const known = [mark(1), brought(10), brought(20), mark(11), brought(21), mark(2)].map(({ number }) =>
      buffers.find(number),
    );
    const [one, eleven] = [FIRST_MARK_NUMBER + 1, FIRST_MARK_NUMBER + 11];
    // Nobody else has the last one.
    assert.deepEqual(known, [one, one, one, eleven, eleven, mark(2).number]);
    assert.equal(buffers.find(7), 7, 'a number of V8');
  });

  it('buffers that came from nowhere, or do not fit, are unknown wherever they go', () => {
    const { buffers, messages } = tables();
    messages.add({ kind: 'taken', thread: 1, carrier: 4, sequence: 0, ports: [], buffers: [brought(10)] });
    messages.add({ kind: 'handed', thread: 0, carrier: 4, sequence: 1, ports: [], buffers: [mark(1, 8)] });
    messages.add({ kind: 'taken', thread: 1, carrier: 4, sequence: 1, ports: [], buffers: [brought(11, 16)] });
    messages.add({ kind: 'handed', thread: 1, carrier: 5, sequence: 0, ports: [], buffers: [brought(10)] });
    messages.add({ kind: 'taken', thread: 2, carrier: 5, sequence: 0, ports: [], buffers: [brought(20)] });
    while (messages.settle());
    const known = [10, 11, 20].map((number) => buffers.find(FIRST_BROUGHT_NUMBER + number));
    assert.deepEqual(known, [undefined, undefined, undefined]);
  });

  it('in a broadcast channel, as long as all that could have been sent is the same', () => {
    const { buffers, messages } = tables();
    const sent = (thread: number, ...marks: BufferMark[]): CarriedDefinition => {
      return { kind: 'handed', thread, carrier: 40 + thread, sequence: 0, room: 'r', ports: [], buffers: marks };
    };
    const got = (thread: number, ...marks: BufferMark[]): CarriedDefinition => {
      return { kind: 'taken', thread, carrier: 50 + thread, sequence: 0, room: 'r', ports: [], buffers: marks };
    };
    messages.add(got(1, brought(10)));
    messages.add(sent(0, mark(1)));
    while (messages.settle());
    messages.add(sent(1, brought(10)));
    messages.add(got(2, brought(20)));
    while (messages.settle());
    const find = (number: number): number | undefined => buffers.find(FIRST_BROUGHT_NUMBER + number);
    assert.deepEqual([find(10), find(20)], [FIRST_MARK_NUMBER + 1, FIRST_MARK_NUMBER + 1]);
    messages.add(sent(3, mark(30)));
    messages.add(got(4, brought(40)));
    while (messages.settle());
    assert.equal(find(40), undefined);
  });

  it('in a broadcast channel nothing is joined once something was sent of which not all is known', () => {
    const { buffers, messages } = tables();
    const message = { carrier: 40, sequence: 0, room: 'r', ports: [] };
    messages.add({ kind: 'handed', thread: 0, ...message, buffers: [mark(1)] });
    messages.add({ kind: 'handed', thread: 0, ...message, isPartial: true });
    messages.add({ kind: 'taken', thread: 1, ...message, buffers: [brought(10)] });
    while (messages.settle());
    assert.equal(buffers.find(FIRST_BROUGHT_NUMBER + 10), undefined);
  });
});
