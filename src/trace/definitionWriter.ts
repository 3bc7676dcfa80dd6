import { NumberSet } from '../base/numberSet.js';
import { ByteWriter } from './byteWriter.js';
import { CHUNK_KIND } from './chunkLayout.js';
import type { ChunkWriter } from './chunkWriter.js';
import type { Dictionary } from './dictionary.js';
import { opSpec } from './ops.js';
import { TAG, writeFile, writeObject, writeOp, writeSite, writeThread, type OpDefinition } from './recordCodec.js';
import type { FileRecord, ObjectRecord, SiteRecord, StackRecord, ThreadRecord } from './records.js';

const CHUNK_BYTES = 1 << 16;

/** Not defined, or forgotten since nobody had used it for long. */
const unknown = (id: number): ObjectRecord => {
  return { id, kind: 'unknown', name: null, stack: -1, thread: 0, capacity: null };
};

/** Which definitions a file has. */
interface Known {
  readonly strings: Set<number>;
  readonly files: Set<number>;
  readonly sites: Set<number>;
  readonly stacks: Set<number>;
  readonly objects: NumberSet;
  readonly threads: Set<number>;
}

/**
 * The definitions of a file. They are gathered until another record is written, which may need them; those that earlier
 * segments have are taken from `dictionary` when this file first uses them, after all that they refer to.
 */
export class DefinitionWriter {
  private readonly definitions = new ByteWriter();
  private count = 0;
  /** What this file has, if it goes on where another ended. */
  private readonly known: Known = {
    strings: new Set(),
    files: new Set(),
    sites: new Set(),
    stacks: new Set(),
    objects: new NumberSet(),
    threads: new Set(),
  };

  constructor(
    private readonly chunks: ChunkWriter,
    /** All definitions of the run so far; null: all come to this writer. */
    readonly dictionary: Dictionary | null,
  ) {}

  string(text: string, index: number): void {
    if (this.dictionary !== null) this.known.strings.add(index);
    const { body } = this.chunks;
    body.varint(index);
    body.text(text);
    this.define(TAG.string);
  }

  file(record: FileRecord, index: number): void {
    if (this.dictionary !== null) this.known.files.add(index);
    const { body } = this.chunks;
    body.varint(index);
    writeFile(body, record);
    this.define(TAG.file);
  }

  site(record: SiteRecord, index: number): void {
    if (this.dictionary !== null) {
      this.useFile(record.file);
      this.known.sites.add(index);
    }
    const { body } = this.chunks;
    body.varint(index);
    writeSite(body, record);
    this.define(TAG.site);
  }

  stack(record: StackRecord, index: number): void {
    if (this.dictionary !== null) {
      for (const site of record) this.useSite(site);
      this.known.stacks.add(index);
    }
    const { body } = this.chunks;
    body.varint(index);
    body.varint(record.length);
    for (const site of record) body.varint(site);
    this.define(TAG.stack);
  }

  object(record: ObjectRecord): void {
    if (this.dictionary !== null) {
      this.useStack(record.stack);
      this.known.objects.add(record.id);
    }
    writeObject(this.chunks.body, record);
    this.define(TAG.object);
  }

  /** What events of this id are about. */
  op(definition: OpDefinition): void {
    this.useSubject(definition);
    writeOp(this.chunks.body, definition);
    this.define(TAG.op);
  }

  /** A chunk of its own, so that threads are found without reading events. */
  thread(record: ThreadRecord): void {
    if (this.dictionary !== null) this.known.threads.add(record.id);
    this.flush();
    writeThread(this.chunks.body, record);
    this.chunks.writeRecord(CHUNK_KIND.thread, TAG.thread, record.start);
  }

  useString(index: number): void {
    const text = this.dictionary?.strings[index];
    if (text !== undefined && !this.known.strings.has(index)) this.string(text, index);
  }

  useThread(id: number): void {
    const record = this.dictionary?.threads.get(id);
    if (record !== undefined && !this.known.threads.has(id)) this.thread(record);
  }

  /** Writes what was gathered. */
  flush(): void {
    if (this.count === 0) return;
    const { payload } = this.chunks;
    payload.clear();
    payload.raw(this.definitions.bytes);
    this.chunks.writePayload(CHUNK_KIND.dictionary, this.count, 0, 0);
    this.definitions.clear();
    this.count = 0;
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

  private useSubject({ op, object, stack }: OpDefinition): void {
    const { dictionary } = this;
    if (dictionary === null) return;
    this.useStack(stack);
    const subject = opSpec(op)?.subject;
    if (subject === 'thread') this.useThread(object);
    if (subject === 'object' && !this.known.objects.has(object)) {
      this.object(dictionary.objects.get(object) ?? unknown(object));
    }
  }

  /** The body that was just written becomes a definition. */
  private define(tag: number): void {
    this.chunks.frame(this.definitions, tag);
    this.count++;
    if (this.definitions.length >= CHUNK_BYTES) this.flush();
  }
}
