import type { Definition } from '../probe/definitions.js';

type ObjectDefinition = Extract<Definition, { kind: 'object' }>;

/** What every thread defines for itself though it is one thing: a word of shared memory, a Web Lock. */
function sharedKey({ objectKind, name, buffer, offset }: ObjectDefinition): string | null {
  if (objectKind === 'weblock') return `weblock ${name ?? ''}`;
  return buffer !== undefined && offset !== undefined ? `${buffer}:${offset}` : null;
}

/** One thing that several threads have defined: the trace has the first of these objects. */
export class SharedObjects {
  readonly #firstOf = new Map<string, number>();
  /** The first, by what other threads call it. */
  readonly #sameAs = new Map<number, number>();
  /** Of the first objects: under which key they are known, and what other threads call them. */
  readonly #names = new Map<number, { readonly key: string; readonly others: number[] }>();

  /** True: the object is one that is known by another number. */
  isAnother(definition: ObjectDefinition): boolean {
    const key = sharedKey(definition);
    if (key === null) return false;
    const { id } = definition;
    const first = this.#firstOf.get(key);
    if (first !== undefined && first !== id) {
      this.#sameAs.set(id, first);
      this.#names.get(first)?.others.push(id);
      return true;
    }
    this.#firstOf.set(key, id);
    if (first === undefined) this.#names.set(id, { key, others: [] });
    return false;
  }

  /** The number that the trace has. */
  idOf(id: number): number {
    return this.#sameAs.get(id) ?? id;
  }

  /** Nobody will use it any more, by whatever number. */
  drop(first: number): void {
    const names = this.#names.get(first);
    if (names === undefined) return;
    this.#names.delete(first);
    this.#firstOf.delete(names.key);
    for (const other of names.others) this.#sameAs.delete(other);
  }
}
