import type { Nanos } from '../base/brand.js';
import type { Position } from './ndjsonNotation.js';
import type { ObjectKind } from './objectKinds.js';
import type { OpFamily } from './ops.js';
import type { FileRecord, ObjectRecord, SiteRecord, StackRecord, ThreadRecord } from './records.js';
import type { TraceVisitor } from './visitor.js';

const kindOfFamily: Partial<Record<OpFamily, ObjectKind>> = {
  lock: 'lock',
  semaphore: 'semaphore',
  condition: 'condition',
  event: 'event',
  barrier: 'barrier',
  queue: 'queue',
  port: 'port',
  word: 'word',
  task: 'task',
};

/** Gives numbers to what a text names, and tells the visitor of each at its first use. */
export class TextDefinitions {
  private readonly strings = new Map<string, number>();
  private readonly files = new Map<string, number>();
  private readonly fileOfPath = new Map<string, number>();
  private readonly sites = new Map<string, number>();
  private readonly stacks = new Map<string, number>();
  private readonly threads = new Set<number>();
  /** Objects that the visitor knows. */
  private readonly objects = new Set<number>();
  private readonly named = new Map<string, number>();
  private readonly namedIds = new Map<number, string>();
  private nextId = 1;

  constructor(private readonly visitor: TraceVisitor) {}

  string(text: string): number {
    return intern(this.strings, text, (index) => this.visitor.string?.(text, index));
  }

  /** From here on the record's path means this file. */
  file(record: FileRecord): number {
    const key = JSON.stringify([record.path, record.hash, record.map]);
    const index = intern(this.files, key, (at) => this.visitor.file?.(record, at));
    this.fileOfPath.set(record.path, index);
    return index;
  }

  /** Innermost first. -1 for none. */
  stack(positions: readonly Position[]): number {
    if (positions.length === 0) return -1;
    const record: StackRecord = positions.map((position) => this.site(position));
    return intern(this.stacks, record.join(), (index) => this.visitor.stack?.(record, index));
  }

  thread(record: ThreadRecord): void {
    this.threads.add(record.id);
    this.visitor.thread?.(record);
  }

  /** A thread that has no line of its own is known from its first use. */
  useThread(id: number, t: Nanos): void {
    if (this.threads.has(id)) return;
    const isMain = id === 0;
    const start = isMain ? (0 as Nanos) : t;
    this.thread({ id, name: null, parent: isMain ? null : 0, start, file: null, library: false });
  }

  object(record: ObjectRecord): void {
    this.objects.add(record.id);
    this.visitor.object?.(record);
  }

  /** The object of an event; a problem as text. Numbers and names are not mixed: one could be taken for the other. */
  useObject(reference: number | string, family: OpFamily, thread: number): number | string {
    const id = this.objectId(reference);
    if (typeof id === 'string') return id;
    if (!this.objects.has(id)) {
      const name = typeof reference === 'string' ? reference : null;
      const kind = kindOfFamily[family] ?? 'unknown';
      this.object({ id, kind, name, stack: -1, thread, capacity: null });
    }
    return id;
  }

  /** The number of an object that a line names or numbers; a problem as text. */
  objectId(reference: number | string): number | string {
    if (typeof reference === 'number') {
      const name = this.namedIds.get(reference);
      return name === undefined ? reference : `the number ${reference} was given to the object "${name}"`;
    }
    const known = this.named.get(reference);
    if (known !== undefined) return known;
    while (this.objects.has(this.nextId)) this.nextId++;
    const id = this.nextId++;
    this.named.set(reference, id);
    this.namedIds.set(id, reference);
    return id;
  }

  private site({ path, line, column, fn }: Position): number {
    const file = this.fileOfPath.get(path) ?? this.file({ path, hash: null, map: null });
    const record: SiteRecord = { file, line, column, fn };
    const key = `${file}:${line}:${column}:${fn === null ? '' : `=${fn}`}`;
    return intern(this.sites, key, (index) => this.visitor.site?.(record, index));
  }
}

function intern(known: Map<string, number>, key: string, define: (index: number) => void): number {
  let index = known.get(key);
  if (index === undefined) {
    index = known.size;
    known.set(key, index);
    define(index);
  }
  return index;
}
