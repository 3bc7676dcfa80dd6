/**
 * From the threads' numbering to the trace's. Each thread numbers its stacks, texts and words by itself; the trace has
 * each of them once, in order of definition.
 */
import { nanosFromMillis } from '../base/brand.js';
import type { Definition, FrameDefinition } from '../probe/definitions.js';
import { OBJECT_KIND_CODE } from '../trace/objectKinds.js';
import type { FunctionUse, SiteRecord } from '../trace/records.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { BufferTable } from './bufferTable.js';
import { CarriedMessages } from './carriedMessages.js';
import { PortTable } from './portTable.js';
import { describeFile } from './sourceFiles.js';

type ObjectDefinition = Extract<Definition, { kind: 'object' }>;
type ThreadDefinition = Extract<Definition, { kind: 'thread' }>;

/** Numbers values by a key, from 0. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  /** @param define called for a key that is new, before its number is given out */
  numberOf(key: string, define: (number: number) => void): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      define(number);
      this.#numbers.set(key, number);
    }
    return number;
  }
}

/** What every thread defines for itself though it is one thing: a word of shared memory, a Web Lock. */
function sharedKey({ objectKind, name, buffer, offset }: ObjectDefinition): string | null {
  if (objectKind === 'weblock') return `weblock ${name ?? ''}`;
  return buffer !== undefined && offset !== undefined ? `${buffer}:${offset}` : null;
}

/**
 * So many objects that the watchdog has forgotten stay known here: should a thread use one after all, it must not become
 * two of them.
 */
const MAX_FADING = 1 << 14;

/** The numbers that one thread has given out. They mean nothing any more when all that it wrote is read. */
export interface OwnNumbers {
  readonly stacks: number[];
  readonly strings: number[];
}

/** An object as a thread defined it; its stack by the trace's index. */
interface Given {
  readonly definition: ObjectDefinition;
  readonly stack: number;
}

export class DefinitionTable {
  readonly #root: string;
  readonly #trace: Required<Pick<TraceVisitor, 'thread' | 'object' | 'file' | 'site' | 'stack' | 'string'>>;
  readonly #files = new Numbering();
  readonly #sites = new Numbering();
  readonly #stacks = new Numbering();
  readonly #strings = new Numbering();
  /** Index of a stack by its id in the rings. */
  readonly #stackOf = new Map<number, number>();
  readonly #stringOf = new Map<number, { readonly index: number; readonly text: string }>();
  /** The first object of each word, by buffer and offset, and of each Web Lock, by name. */
  readonly #words = new Map<string, number>();
  readonly #sameWord = new Map<number, number>();
  /** Of the first objects: under which key they are known, and what other threads call them. */
  readonly #sharedBy = new Map<number, { readonly key: string; readonly others: number[] }>();
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
        this.#stackOf.set(definition.id, this.#stack(definition.frames));
        return;
      case 'string':
        own?.strings.push(definition.id);
        this.#stringOf.set(definition.id, { index: this.#string(definition.text), text: definition.text });
        return;
      case 'functions':
        this.#file(definition.script, definition.functions);
        return;
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
    for (const id of own.stacks) this.#stackOf.delete(id);
    for (const id of own.strings) this.#stringOf.delete(id);
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
    const shared = this.#sharedBy.get(object);
    if (shared !== undefined) {
      this.#sharedBy.delete(object);
      this.#words.delete(shared.key);
      for (const other of shared.others) this.#sameWord.delete(other);
    }
    for (const port of [object, ...this.#ports.forget(object)]) this.#portObjects.delete(port);
  }

  /** Index of a stack, -1 when it is unknown. */
  stack(id: number): number {
    return id === 0 ? -1 : (this.#stackOf.get(id) ?? -1);
  }

  /** NaN when it is unknown. */
  string(id: number): number {
    return this.#stringOf.get(id)?.index ?? NaN;
  }

  text(id: number): string {
    return this.#stringOf.get(id)?.text ?? '';
  }

  object(id: number): number {
    return this.#sameWord.get(id) ?? id;
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
    if (definition === null) return;
    const { id, objectKind, name, thread, capacity, from, to, buffer, offset } = definition;
    const key = sharedKey(definition);
    if (key !== null) {
      const first = this.#words.get(key);
      if (first !== undefined && first !== id) {
        this.#sameWord.set(id, first);
        this.#sharedBy.get(first)?.others.push(id);
        return;
      }
      this.#words.set(key, id);
      if (first === undefined) this.#sharedBy.set(id, { key, others: [] });
    }
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

  #stack(frames: readonly FrameDefinition[]): number {
    const sites = frames.map((frame) => this.#site(frame));
    return this.#stacks.numberOf(sites.join(), (number) => this.#trace.stack(sites, number));
  }

  #site({ script, line, column, fn }: FrameDefinition): number {
    const file = this.#file(script);
    const site: SiteRecord = { file, line, column, fn };
    return this.#sites.numberOf(`${file}:${line}:${column}:${fn ?? ''}`, (number) => this.#trace.site(site, number));
  }

  /** A file's functions are known when it is loaded, before anything that it does. */
  #file(script: string, functions?: readonly FunctionUse[]): number {
    return this.#files.numberOf(script, (number) => {
      const record = describeFile(script, this.#root);
      this.#trace.file(functions ? { ...record, functions } : record, number);
    });
  }

  #string(text: string): number {
    return this.#strings.numberOf(text, (number) => this.#trace.string(text, number));
  }
}
