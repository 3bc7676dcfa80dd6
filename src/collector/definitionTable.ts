/**
 * From the threads' numbering to the trace's. Each thread numbers its stacks, texts and words by itself; the trace has
 * each of them once, in order of definition.
 */
import { nanosFromMillis } from '../base/brand.js';
import type { Definition, FrameDefinition } from '../probe/definitions.js';
import type { SiteRecord } from '../trace/records.js';
import type { TraceVisitor } from '../trace/visitor.js';
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
  /** The first object of each word, by buffer and offset. */
  readonly #words = new Map<string, number>();
  readonly #sameWord = new Map<number, number>();
  readonly #parents = new Map<number, number | null>();

  constructor(
    root: string,
    trace: Required<Pick<TraceVisitor, 'thread' | 'object' | 'file' | 'site' | 'stack' | 'string'>>,
  ) {
    this.#root = root;
    this.#trace = trace;
  }

  define(definition: Exclude<Definition, { kind: 'ring' }>): void {
    switch (definition.kind) {
      case 'thread':
        return this.#defineThread(definition);
      case 'object':
        return this.#defineObject(definition);
      case 'stack':
        this.#stackOf.set(definition.id, this.#stack(definition.frames));
        return;
      case 'string':
        this.#stringOf.set(definition.id, { index: this.#string(definition.text), text: definition.text });
    }
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

  parentOf(thread: number): number | null {
    return this.#parents.get(thread) ?? null;
  }

  #defineThread({ id, name, parent, start, file, library }: ThreadDefinition): void {
    this.#parents.set(id, parent);
    const path = file === null ? null : describeFile(file, this.#root).path;
    this.#trace.thread({ id, name, parent, start: nanosFromMillis(start), file: path, library });
  }

  #defineObject(definition: ObjectDefinition): void {
    const { id, objectKind, name, stack, thread, capacity, from, to, buffer, offset } = definition;
    if (buffer !== undefined && offset !== undefined) {
      const key = `${buffer}:${offset}`;
      const first = this.#words.get(key);
      if (first !== undefined) {
        this.#sameWord.set(id, first);
        return;
      }
      this.#words.set(key, id);
    }
    this.#trace.object({
      id,
      kind: objectKind,
      name,
      stack: this.stack(stack),
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
    const file = this.#files.numberOf(script, (number) => this.#trace.file(describeFile(script, this.#root), number));
    const site: SiteRecord = { file, line, column, fn };
    return this.#sites.numberOf(`${file}:${line}:${column}:${fn ?? ''}`, (number) => this.#trace.site(site, number));
  }

  #string(text: string): number {
    return this.#strings.numberOf(text, (number) => this.#trace.string(text, number));
  }
}
