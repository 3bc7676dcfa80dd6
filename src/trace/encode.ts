import { NumberSet } from '../base/numberSet.js';
import { ByteWriter } from './byteWriter.js';
import { CHUNK_KIND, writeChunk } from './chunkLayout.js';
import type { Dictionary } from './dictionary.js';
import type { EventBatch } from './eventBatch.js';
import { EventBlock, MAX_OPS, writeBlocks } from './eventBlocks.js';
import { writeFileHeader } from './fileHeader.js';
import { OpInterner } from './opInterner.js';
import { MAX_OP, OPS, opSpec } from './ops.js';
import { hasArgColumn, hasExtraColumn, shapeOf } from './opShape.js';
import { TAG, writeFile, writeMarker, writeObject, writeOp, writeSite, writeThread } from './recordCodec.js';
import type {
  FileRecord,
  MarkerRecord,
  ObjectRecord,
  SiteRecord,
  StackRecord,
  ThreadRecord,
  TraceHeader,
} from './records.js';
import type { TraceVisitor } from './visitor.js';

/** A longer drain becomes several chunks: what a damaged one costs stays small. */
const EVENTS_A_CHUNK = 1 << 15;
const DICTIONARY_BYTES = 1 << 16;

/** Not defined, or forgotten since nobody had used it for long. */
const unknown = (id: number): ObjectRecord => {
  return { id, kind: 'unknown', name: null, stack: -1, thread: 0, capacity: null };
};

/** By op code: its arg is a string's index. */
const hasTextArg = new Uint8Array(MAX_OP + 1);
for (const { code, arg } of OPS) hasTextArg[code] = arg?.type === 'string' ? 1 : 0;

/** Threads whose buffers are kept for the next drain. */
const MAX_KEPT_BLOCKS = 256;

/** Which definitions a file has. */
interface Known {
  readonly strings: Set<number>;
  readonly files: Set<number>;
  readonly sites: Set<number>;
  readonly stacks: Set<number>;
  readonly objects: NumberSet;
  readonly threads: Set<number>;
}

/** What a segment starts with: all that a reader must know of what was before it. */
export interface Snapshot {
  /** Ascending in time. */
  readonly events: EventBatch;
  readonly markers: readonly MarkerRecord[];
  /** Threads that live, whether or not there are events of them. */
  readonly threads: Iterable<number>;
}

/**
 * Writes a `.lanes` file, a chunk a call of `write`. Definitions are written before the next other record; those that
 * earlier segments have are taken from `dictionary` when this one first uses them.
 */
export class TraceEncoder implements TraceVisitor {
  /** What this file has, if it goes on where another ended. */
  private readonly known: Known = {
    strings: new Set(),
    files: new Set(),
    sites: new Set(),
    stacks: new Set(),
    objects: new NumberSet(),
    threads: new Set(),
  };
  private readonly chunk = new ByteWriter(1 << 12);
  private readonly payload = new ByteWriter(1 << 12);
  private readonly body = new ByteWriter();
  private readonly definitions = new ByteWriter();
  private definitionCount = 0;
  private readonly ops = new OpInterner();
  private generation = 0;
  private readonly blocks = new Map<number, EventBlock>();
  /** The blocks of the chunk that is being made, in order, and their places. */
  private active: EventBlock[] = [];
  private readonly place = new Map<EventBlock, number>();
  private eventCount = 0;
  private isSnapshot = false;

  constructor(
    private readonly write: (bytes: Uint8Array) => void,
    private readonly maxOps = MAX_OPS,
    /** All definitions of the run so far; without it, all have to come through this visitor. */
    private readonly dictionary: Dictionary | null = null,
  ) {}

  /** First of all. */
  header(header: TraceHeader): void {
    this.write(writeFileHeader(header));
  }

  /** Behind the header of a segment that is not the first. */
  snapshot({ events, markers, threads }: Snapshot): void {
    this.isSnapshot = true;
    for (const thread of threads) this.useThread(thread);
    this.events(events);
    for (const marker of markers) this.marker(marker);
    this.isSnapshot = false;
    // What happens from here on is told apart from what the snapshot speaks of.
    this.ops.clear();
    this.generation++;
  }

  string(text: string, index: number): void {
    if (this.dictionary !== null) this.known.strings.add(index);
    this.body.varint(index);
    this.body.text(text);
    this.define(TAG.string);
  }

  file(record: FileRecord, index: number): void {
    if (this.dictionary !== null) this.known.files.add(index);
    this.body.varint(index);
    writeFile(this.body, record);
    this.define(TAG.file);
  }

  site(record: SiteRecord, index: number): void {
    if (this.dictionary !== null) {
      this.useFile(record.file);
      this.known.sites.add(index);
    }
    this.body.varint(index);
    writeSite(this.body, record);
    this.define(TAG.site);
  }

  stack(record: StackRecord, index: number): void {
    if (this.dictionary !== null) {
      for (const site of record) this.useSite(site);
      this.known.stacks.add(index);
    }
    this.body.varint(index);
    this.body.varint(record.length);
    for (const site of record) this.body.varint(site);
    this.define(TAG.stack);
  }

  object(record: ObjectRecord): void {
    if (this.dictionary !== null) {
      this.useStack(record.stack);
      this.known.objects.add(record.id);
    }
    writeObject(this.body, record);
    this.define(TAG.object);
  }

  thread(record: ThreadRecord): void {
    if (this.dictionary !== null) this.known.threads.add(record.id);
    this.flush();
    writeThread(this.body, record);
    this.payload.clear();
    this.frame(this.payload, TAG.thread);
    this.writeChunk(CHUNK_KIND.thread, 1, record.start, record.start);
  }

  marker(record: MarkerRecord): void {
    this.flush();
    writeMarker(this.body, record);
    this.payload.clear();
    this.frame(this.payload, TAG[record.kind]);
    this.writeChunk(this.isSnapshot ? CHUNK_KIND.snapshotMarker : CHUNK_KIND.marker, 1, record.t, record.t);
  }

  /** One drain: the rows of each thread ascend in time, threads stand in any order. */
  events(batch: EventBatch): void {
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
        this.writeEvents();
        block = this.blockOf(thread, t);
        place = 0;
      }
      this.add(block, t, batch, row);
    }
    this.writeEvents();
  }

  /** Writes the definitions that no record has needed yet. */
  flush(): void {
    if (this.definitionCount === 0) return;
    this.payload.clear();
    this.payload.raw(this.definitions.bytes);
    this.writeChunk(CHUNK_KIND.dictionary, this.definitionCount, 0, 0);
    this.definitions.clear();
    this.definitionCount = 0;
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
    if (this.dictionary !== null && hasTextArg[op] === 1) this.useString(arg);
    if (id === known) {
      this.useSubject(op, object, stack);
      writeOp(this.body, { generation: this.generation, id, op, object, stack, shape });
      this.define(TAG.op);
    }
    block.add(t, id);
    if (hasArgColumn(shape)) block.operands.number(arg);
    if (hasExtraColumn(shape)) block.operands.signed(extra);
    this.eventCount++;
  }

  private blockOf(thread: number, t: number): EventBlock {
    let block = this.blocks.get(thread);
    if (!block) this.blocks.set(thread, (block = new EventBlock(thread)));
    if (!this.place.has(block)) {
      this.useThread(thread);
      this.place.set(block, this.active.length);
      this.active.push(block);
      block.begin(t);
    }
    return block;
  }

  private writeEvents(): void {
    this.flush();
    const blocks = this.active.filter((block) => block.count > 0);
    if (blocks.length > 0) {
      const first = Math.min(...blocks.map((block) => block.first));
      const last = Math.max(...blocks.map((block) => block.last));
      writeBlocks(this.payload, this.generation, first, blocks);
      this.writeChunk(this.isSnapshot ? CHUNK_KIND.snapshot : CHUNK_KIND.events, this.eventCount, first, last);
    }
    this.active = [];
    this.place.clear();
    if (this.blocks.size > MAX_KEPT_BLOCKS) this.blocks.clear();
    this.eventCount = 0;
    if (this.ops.count < this.maxOps) return;
    this.ops.clear();
    this.generation++;
  }

  private useString(index: number): void {
    const text = this.dictionary?.strings[index];
    if (text !== undefined && !this.known.strings.has(index)) this.string(text, index);
  }

  private useFile(index: number): void {
    const record = this.dictionary?.files[index];
    if (record !== undefined && !this.known.files.has(index)) this.file(record, index);
  }

  private useSite(index: number): void {
    const record = this.dictionary?.sites[index];
    if (record !== undefined && !this.known.sites.has(index)) this.site(record, index);
  }

  private useStack(index: number): void {
    const record = this.dictionary?.stacks[index];
    if (record !== undefined && !this.known.stacks.has(index)) this.stack(record, index);
  }

  private useThread(id: number): void {
    const record = this.dictionary?.threads.get(id);
    if (record !== undefined && !this.known.threads.has(id)) this.thread(record);
  }

  private useSubject(op: number, id: number, stack: number): void {
    if (this.dictionary === null) return;
    this.useStack(stack);
    const subject = opSpec(op)?.subject;
    if (subject === 'thread') this.useThread(id);
    if (subject === 'object' && !this.known.objects.has(id))
      this.object(this.dictionary.objects.get(id) ?? unknown(id));
  }

  /** The body that was just written becomes a definition. */
  private define(tag: number): void {
    this.frame(this.definitions, tag);
    this.definitionCount++;
    if (this.definitions.length >= DICTIONARY_BYTES) this.flush();
  }

  private frame(out: ByteWriter, tag: number): void {
    out.varint(tag);
    out.varint(this.body.length);
    out.raw(this.body.bytes);
    this.body.clear();
  }

  private writeChunk(kind: number, count: number, first: number, last: number): void {
    writeChunk(this.chunk, kind, this.payload.bytes, count, first, last);
    this.write(this.chunk.bytes.slice());
  }
}
