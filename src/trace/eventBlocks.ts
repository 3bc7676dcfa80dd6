/**
 * The payload of an events chunk: the generation of the op ids, then a block a thread:
 *
 *     thread, count, time of the first event since the chunk's first, lengths of the three columns   varints
 *     column 1   time since the event before in this block                                          varint an event
 *     column 2   op id                                                                              varint an event
 *     column 3   arg and extra of the events whose op has them in the column (opShape.ts)
 */
import { ByteWriter } from './byteWriter.js';

/** The reader takes so many events in a chunk; the encoder writes far fewer. */
export const MAX_CHUNK_EVENTS = 1 << 20;

/** Op ids are numbered anew after so many: a program that makes objects without end must not fill anybody's memory. */
export const MAX_OPS = 1 << 20;

/** The events of one thread in a chunk that is being made. */
export class EventBlock {
  count = 0;
  first = 0;
  last = 0;
  readonly times = new ByteWriter();
  readonly ops = new ByteWriter();
  readonly operands = new ByteWriter();

  constructor(readonly thread: number) {}

  begin(t: number): void {
    this.count = 0;
    this.first = t;
    this.last = t;
    this.times.clear();
    this.ops.clear();
    this.operands.clear();
  }

  add(t: number, opId: number): void {
    this.times.varint(t - this.last);
    this.ops.varint(opId);
    this.last = t;
    this.count++;
  }
}

export function writeBlocks(out: ByteWriter, generation: number, first: number, blocks: readonly EventBlock[]): void {
  out.clear();
  out.varint(generation);
  for (const block of blocks) {
    out.varint(block.thread);
    out.varint(block.count);
    out.varint(block.first - first);
    for (const column of [block.times, block.ops, block.operands]) out.varint(column.length);
    for (const column of [block.times, block.ops, block.operands]) out.raw(column.bytes);
  }
}
