import type { Nanos } from '../base/brand.js';
import type { ByteCursor } from './byteCursor.js';
import { MAX_OPS } from './eventBlocks.js';
import { OpRows } from './opRows.js';
import { opSpec } from './ops.js';
import { readFile, readObject, readOp, readSite, readThread, TAG } from './recordCodec.js';
import type { TraceVisitor } from './visitor.js';

/**
 * What a file has defined so far. A chunk of definitions may have been lost: what refers to them is handed out with an
 * unknown object or call site in their place, so that a visitor never meets an index without its definition.
 */
export class LanesDefinitions {
  readonly ops = new OpRows();
  readonly strings = new Set<number>();
  private readonly files = new Set<number>();
  private readonly sites = new Set<number>();
  private readonly stacks = new Set<number>();
  private readonly objects = new Set<number>();
  private readonly threads = new Set<number>();

  constructor(private readonly visitor: TraceVisitor) {}

  /**
   * Reads one record; false for a tag that is no definition. `end` is where its chunk ends in the file: each definition
   * takes bytes, so no index can be greater, and none makes a table longer than the file. What has a number already is
   * known from an earlier segment; threads and objects are told again, as more is known of them.
   */
  read(from: ByteCursor, tag: number, end: number): boolean {
    switch (tag) {
      case TAG.string: {
        const index = from.varintUpTo(end);
        const text = from.text();
        if (from.ok && !this.strings.has(index)) this.visitor.string?.(text, define(this.strings, index));
        return true;
      }
      case TAG.file: {
        const index = from.varintUpTo(end);
        const record = readFile(from);
        if (from.ok && !this.files.has(index)) this.visitor.file?.(record, define(this.files, index));
        return true;
      }
      case TAG.site: {
        const index = from.varintUpTo(end);
        const record = readSite(from);
        const isNew = this.files.has(record.file) && !this.sites.has(index);
        if (from.ok && isNew) this.visitor.site?.(record, define(this.sites, index));
        return true;
      }
      case TAG.stack:
        this.readStack(from, end);
        return true;
      case TAG.object: {
        const record = readObject(from);
        const stack = this.stacks.has(record.stack) ? record.stack : -1;
        if (from.ok) this.visitor.object?.({ ...record, stack, id: define(this.objects, record.id) });
        return true;
      }
      case TAG.op:
        this.readOp(from);
        return true;
      case TAG.thread: {
        const record = readThread(from);
        if (from.ok) this.visitor.thread?.({ ...record, id: define(this.threads, record.id) });
        return true;
      }
      default:
        return false;
    }
  }

  /** The next segment numbers its op ids anew; all else keeps its number. */
  beginSegment(): void {
    this.ops.begin(0);
  }

  /** A thread whose definition was lost is known from its first event. False: this is one. */
  useThread(id: number, t: number): boolean {
    if (this.threads.has(id)) return true;
    define(this.threads, id);
    const parent = id === 0 ? null : 0;
    this.visitor.thread?.({ id, name: null, parent, start: t as Nanos, file: null, library: false });
    return false;
  }

  private readStack(from: ByteCursor, end: number): void {
    const index = from.varintUpTo(end);
    const length = from.varintUpTo(from.left);
    const stack: number[] = [];
    for (let i = 0; i < length; i++) stack.push(from.varint());
    // Callers behind a lost site would look like the call site, so the stack ends there.
    const lost = stack.findIndex((site) => !this.sites.has(site));
    const known = lost < 0 ? stack : stack.slice(0, lost);
    const isNew = known.length > 0 && !this.stacks.has(index);
    if (from.ok && isNew) this.visitor.stack?.(known, define(this.stacks, index));
  }

  private readOp(from: ByteCursor): void {
    const { generation, id, op, object, stack, shape } = readOp(from);
    if (id >= MAX_OPS || generation < this.ops.generation) from.fail();
    if (!from.ok) return;
    if (generation > this.ops.generation) this.ops.begin(generation);
    const hasStack = stack < 0 || this.stacks.has(stack);
    const hasObject = opSpec(op)?.subject !== 'object' || this.objects.has(object);
    if (!hasObject) {
      define(this.objects, object);
      this.visitor.object?.({ id: object, kind: 'unknown', name: null, stack: -1, thread: 0, capacity: null });
    }
    this.ops.set(id, op, object, hasStack ? stack : -1, shape, hasStack && hasObject);
  }
}

function define(known: Set<number>, index: number): number {
  known.add(index);
  return index;
}
