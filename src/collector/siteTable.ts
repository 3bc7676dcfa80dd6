/** Texts and call sites, each once in the trace; each thread numbers its own. */
import type { FrameDefinition } from '../probe/definitions.js';
import type { FunctionUse, SiteRecord } from '../trace/records.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { describeFile } from './sourceFiles.js';

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

/** The numbers that one thread has given out. They mean nothing any more when all that it wrote is read. */
export interface OwnNumbers {
  readonly stacks: number[];
  readonly strings: number[];
}

export class SiteTable {
  readonly #root: string;
  readonly #trace: Required<Pick<TraceVisitor, 'file' | 'site' | 'stack' | 'string'>>;
  readonly #files = new Numbering();
  readonly #sites = new Numbering();
  readonly #stacks = new Numbering();
  readonly #strings = new Numbering();
  /** Index of a stack by its id in the rings. */
  readonly #stackOf = new Map<number, number>();
  readonly #stringOf = new Map<number, { readonly index: number; readonly text: string }>();

  constructor(root: string, trace: Required<Pick<TraceVisitor, 'file' | 'site' | 'stack' | 'string'>>) {
    this.#root = root;
    this.#trace = trace;
  }

  defineStack(id: number, frames: readonly FrameDefinition[]): void {
    this.#stackOf.set(id, this.#stack(frames));
  }

  defineString(id: number, text: string): void {
    this.#stringOf.set(id, { index: this.#string(text), text });
  }

  /** A file's functions are known when it is loaded, before anything that it does. */
  defineFile(script: string, functions?: readonly FunctionUse[]): void {
    this.#file(script, functions);
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

  /** Nobody will use the numbers of a thread any more. */
  release(own: OwnNumbers): void {
    for (const id of own.stacks) this.#stackOf.delete(id);
    for (const id of own.strings) this.#stringOf.delete(id);
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
