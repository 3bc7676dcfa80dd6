import type { ChunkWriter } from './chunkWriter.js';
import type { DefinitionWriter } from './definitionWriter.js';
import type { EventBatch } from './eventBatch.js';
import { EventBlock, writeBlocks } from './eventBlocks.js';
import { OpInterner } from './opInterner.js';
import { MAX_OP, OPS } from './ops.js';
import { hasArgColumn, hasExtraColumn, shapeOf } from './opShape.js';

/** A longer drain becomes several chunks: what a damaged one costs stays small. */
const EVENTS_A_CHUNK = 1 << 15;

/** Threads whose buffers are kept for the next drain. */
const MAX_KEPT_BLOCKS = 256;

/** By op code: its arg is a string's index. */
const hasTextArg = new Uint8Array(MAX_OP + 1);
for (const { code, arg } of OPS) hasTextArg[code] = arg?.type === 'string' ? 1 : 0;

/** Cuts drains into chunks, and their events into blocks of one thread each. */
export class EventWriter {
  private readonly ops = new OpInterner();
  private generation = 0;
  private readonly blocks = new Map<number, EventBlock>();
  /** The blocks of the chunk that is being made, in order, and their places. */
  private active: EventBlock[] = [];
  private readonly place = new Map<EventBlock, number>();
  private eventCount = 0;
  private readonly needsStrings: boolean;

  constructor(
    private readonly chunks: ChunkWriter,
    private readonly definitions: DefinitionWriter,
    /** Op ids are numbered anew after so many. */
    private readonly maxOps: number,
  ) {
    this.needsStrings = definitions.dictionary !== null;
  }

  /**
   * One drain: the rows of each thread ascend in time, threads stand in any order.
   * @param kind of the chunks
   */
  write(batch: EventBatch, kind: number): void {
    let block: EventBlock | null = null;
    let place = 0;
    for (let row = 0; row < batch.length; row++) {
      const t = batch.t[row] as number;
      const thread = batch.thread[row] as number;
      const before: number = place;
      if (block?.thread !== thread) {
        block = this.blockOf(thread, t);
        place = this.place.get(block) as number;
      }
      // A reader sorts what it reads by time and keeps the order of the file for equal times. Where the order of
      // blocks would turn two such events around, or time goes back, a new chunk begins.
      const turnsAround = place < before && t === batch.t[row - 1];
      if (turnsAround || t < block.last || this.eventCount >= EVENTS_A_CHUNK || this.ops.count >= this.maxOps) {
        this.writeChunk(kind);
        block = this.blockOf(thread, t);
        place = 0;
      }
      this.add(block, t, batch, row);
    }
    this.writeChunk(kind);
  }

  /** What comes from here on is told apart from what was. */
  renumber(): void {
    this.ops.clear();
    this.generation++;
  }

  private add(block: EventBlock, t: number, batch: EventBatch, row: number): void {
    const op = batch.op[row] as number;
    const object = batch.object[row] as number;
    const stack = batch.stack[row] as number;
    const arg = batch.arg[row] as number;
    const extra = batch.extra[row] as number;
    const shape = shapeOf(batch.sampled[row] as number, arg, extra);
    const known = this.ops.count;
    const id = this.ops.id(op, object, stack, shape);
    if (this.needsStrings && hasTextArg[op] === 1) this.definitions.useString(arg);
    if (id === known) this.definitions.op({ generation: this.generation, id, op, object, stack, shape });
    block.add(t, id);
    if (hasArgColumn(shape)) block.operands.number(arg);
    if (hasExtraColumn(shape)) block.operands.signed(extra);
    this.eventCount++;
  }

  private blockOf(thread: number, t: number): EventBlock {
    let block = this.blocks.get(thread);
    if (!block) this.blocks.set(thread, (block = new EventBlock(thread)));
    if (!this.place.has(block)) {
      this.definitions.useThread(thread);
      this.place.set(block, this.active.length);
      this.active.push(block);
      block.begin(t);
    }
    return block;
  }

  private writeChunk(kind: number): void {
    this.definitions.flush();
    const blocks = this.active.filter((block) => block.count > 0);
    if (blocks.length > 0) {
      const first = Math.min(...blocks.map((block) => block.first));
      const last = Math.max(...blocks.map((block) => block.last));
      writeBlocks(this.chunks.payload, this.generation, first, blocks);
      this.chunks.writePayload(kind, this.eventCount, first, last);
    }
    this.active = [];
    this.place.clear();
    if (this.blocks.size > MAX_KEPT_BLOCKS) this.blocks.clear();
    this.eventCount = 0;
    if (this.ops.count >= this.maxOps) this.renumber();
  }
}
