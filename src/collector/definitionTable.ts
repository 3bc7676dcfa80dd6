/**
 * From the threads' numbering to the trace's. Each thread numbers its stacks, texts and words by itself; the trace has
 * each of them once, in order of definition.
 */
import { nanosFromMillis } from '../base/brand.js';
import type { Definition } from '../probe/definitions.js';
import { OBJECT_KIND_CODE } from '../trace/objectKinds.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { BufferTable } from './bufferTable.js';
import { CarriedMessages } from './carriedMessages.js';
import { PortTable } from './portTable.js';
import { SharedObjects } from './sharedObjects.js';
import { SiteTable, type OwnNumbers } from './siteTable.js';
import { describeFile } from './sourceFiles.js';

type ObjectDefinition = Extract<Definition, { kind: 'object' }>;
type ThreadDefinition = Extract<Definition, { kind: 'thread' }>;

/**
 * So many objects that the watchdog has forgotten stay known here: should a thread use one after all, it must not become
 * two of them.
 */
const MAX_FADING = 1 << 14;

/** An object as a thread defined it; its stack by the trace's index. */
interface Given {
  readonly definition: ObjectDefinition;
  readonly stack: number;
}

export class DefinitionTable {
  readonly #root: string;
  readonly #trace: Required<Pick<TraceVisitor, 'thread' | 'object'>>;
  readonly #sites: SiteTable;
  readonly #shared = new SharedObjects();
  /** Forgotten objects, the oldest first. */
  readonly #fading = new Set<number>();
  readonly #parents = new Map<number, number | null>();
  readonly #ports = new PortTable();
  readonly #buffers = new BufferTable();
  readonly #messages = new CarriedMessages(this.#ports, this.#buffers);
  /** What is told again when more becomes known, by its id. */
  readonly #portObjects = new Map<number, Given>();

  constructor(
    root: string,
    trace: Required<Pick<TraceVisitor, 'thread' | 'object' | 'file' | 'site' | 'stack' | 'string'>>,
  ) {
    this.#root = root;
    this.#trace = trace;
    this.#sites = new SiteTable(root, trace);
  }

  /** @param own numbers of the thread that defines it */
  define(definition: Exclude<Definition, { kind: 'ring' }>, own?: OwnNumbers): void {
    switch (definition.kind) {
      case 'thread':
        return this.#defineThread(definition);
      case 'object':
        return this.#defineObject({ definition, stack: this.stack(definition.stack) });
      case 'stack':
        own?.stacks.push(definition.id);
        return this.#sites.defineStack(definition.id, definition.frames);
      case 'string':
        own?.strings.push(definition.id);
        return this.#sites.defineString(definition.id, definition.text);
      case 'functions':
        return this.#sites.defineFile(definition.script, definition.functions);
      case 'handed':
      case 'kept':
      case 'taken':
        return this.#messages.add(definition);
    }
  }

  /**
   * Joins what senders and receivers of messages said of what these carry: all threads were heard. True: they have to be
   * heard once more before any object of theirs is defined.
   */
  settle(): boolean {
    return this.#messages.settle();
  }

  /** Tells again what {@link settle} has changed. */
  tellChanges(): void {
    for (const { out, in: into, thread } of this.#messages.takeStrays()) {
      const port = { kind: 'object', objectKind: 'port', name: null, stack: 0, thread, capacity: null } as const;
      this.#defineObject({ definition: { ...port, id: out, from: thread }, stack: -1 });
      this.#defineObject({ definition: { ...port, id: into, to: thread }, stack: -1 });
    }
    for (const id of this.#ports.takeChanged()) {
      const port = this.#portObjects.get(id);
      if (port) this.#defineObject(port);
    }
  }

  /** All that a thread wrote is read, and it is gone. */
  releaseThread(thread: number, own: OwnNumbers): void {
    this.#sites.release(own);
    this.#parents.delete(thread);
  }

  /**
   * Nobody has used these objects for long, or can.
   * @param isInUse whether somebody has used one again that was forgotten before
   */
  forget(objects: readonly number[], isInUse: (object: number) => boolean): void {
    const fading = this.#fading;
    for (const object of objects) {
      fading.delete(object);
      fading.add(object);
    }
    const gone = new Set<number>();
    for (const object of fading) {
      if (fading.size <= MAX_FADING) break;
      fading.delete(object);
      if (!isInUse(object)) gone.add(object);
    }
    for (const object of gone) this.#drop(object);
    if (gone.size > 0) this.#messages.forget(gone);
  }

  #drop(object: number): void {
    this.#shared.drop(object);
    for (const port of [object, ...this.#ports.forget(object)]) this.#portObjects.delete(port);
  }

  /** Index of a stack, -1 when it is unknown. */
  stack(id: number): number {
    return this.#sites.stack(id);
  }

  /** NaN when it is unknown. */
  string(id: number): number {
    return this.#sites.string(id);
  }

  text(id: number): string {
    return this.#sites.text(id);
  }

  object(id: number): number {
    return this.#shared.idOf(id);
  }

  /** The direction that a thread means by its number, and how many messages went through its port before. */
  movedPort(id: number): { readonly object: number; readonly offset: number } | undefined {
    return this.#ports.movedTo(id);
  }

  /** The number of a shared buffer in the whole process, NaN when nobody knows. */
  buffer(number: number): number {
    return this.#buffers.find(number) ?? NaN;
  }

  parentOf(thread: number): number | null {
    return this.#parents.get(thread) ?? null;
  }

  #defineThread({ id, name, parent, start, file, library }: ThreadDefinition): void {
    this.#parents.set(id, parent);
    const path = file === null ? null : describeFile(file, this.#root).path;
    this.#trace.thread({ id, name, parent, start: nanosFromMillis(start), file: path, library });
  }

  /** As it is known now; null when it is another name of what is known already. */
  #joined(given: Given): ObjectDefinition | null {
    const { definition } = given;
    const { buffer: number, ...word } = definition;
    const { id, objectKind } = word;
    if (objectKind === 'port') {
      if (this.#ports.movedTo(id)) return null;
      this.#portObjects.set(id, given);
      const { from, to, ...port } = definition;
      const told = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      return { ...port, ...this.#ports.endsOf(id, told) };
    }
    if (number === undefined) return definition;
    const buffer = this.#buffers.find(number);
    return buffer === undefined ? word : { ...word, buffer };
  }

  #defineObject(given: Given): void {
    const definition = this.#joined(given);
    if (definition === null || this.#shared.isAnother(definition)) return;
    const { id, objectKind, name, thread, capacity, from, to, buffer, offset } = definition;
    this.#trace.object({
      id,
      // A newer library may have more of them.
      kind: Object.hasOwn(OBJECT_KIND_CODE, objectKind) ? objectKind : 'unknown',
      name,
      stack: given.stack,
      thread,
      capacity,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(buffer !== undefined && { buffer }),
      ...(offset !== undefined && { offset }),
    });
  }
}
