import { CHUNK_KIND } from './chunkLayout.js';
import { ChunkWriter } from './chunkWriter.js';
import { DefinitionWriter } from './definitionWriter.js';
import type { Dictionary } from './dictionary.js';
import type { EventBatch } from './eventBatch.js';
import { MAX_OPS } from './eventBlocks.js';
import { EventWriter } from './eventWriter.js';
import { writeFileHeader } from './fileHeader.js';
import { TAG, writeMarker } from './recordCodec.js';
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
  private readonly chunks: ChunkWriter;
  private readonly definitions: DefinitionWriter;
  private readonly eventWriter: EventWriter;

  constructor(
    private readonly write: (bytes: Uint8Array) => void,
    maxOps = MAX_OPS,
    /** All definitions of the run so far; without it, all have to come through this visitor. */
    dictionary: Dictionary | null = null,
  ) {
    this.chunks = new ChunkWriter(write);
    this.definitions = new DefinitionWriter(this.chunks, dictionary);
    this.eventWriter = new EventWriter(this.chunks, this.definitions, maxOps);
  }

  /** First of all. */
  header(header: TraceHeader): void {
    this.write(writeFileHeader(header));
  }

  /** Behind the header of a segment that is not the first. */
  snapshot({ events, markers, threads }: Snapshot): void {
    for (const thread of threads) this.definitions.useThread(thread);
    this.eventWriter.write(events, CHUNK_KIND.snapshot);
    for (const marker of markers) this.writeMarker(marker, CHUNK_KIND.snapshotMarker);
    this.eventWriter.renumber();
  }

  string(text: string, index: number): void {
    this.definitions.string(text, index);
  }

  file(record: FileRecord, index: number): void {
    this.definitions.file(record, index);
  }

  site(record: SiteRecord, index: number): void {
    this.definitions.site(record, index);
  }

  stack(record: StackRecord, index: number): void {
    this.definitions.stack(record, index);
  }

  object(record: ObjectRecord): void {
    this.definitions.object(record);
  }

  thread(record: ThreadRecord): void {
    this.definitions.thread(record);
  }

  marker(record: MarkerRecord): void {
    this.writeMarker(record, CHUNK_KIND.marker);
  }

  /** One drain: the rows of each thread ascend in time, threads stand in any order. */
  events(batch: EventBatch): void {
    this.eventWriter.write(batch, CHUNK_KIND.events);
  }

  /** Writes the definitions that no record has needed yet. */
  flush(): void {
    this.definitions.flush();
  }

  private writeMarker(record: MarkerRecord, kind: number): void {
    this.flush();
    writeMarker(this.chunks.body, record);
    this.chunks.writeRecord(kind, TAG[record.kind], record.t);
  }
}
