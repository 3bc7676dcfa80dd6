/**
 * Which shared buffer is which where V8 does not tell: each thread marks the buffers that it made and those that messages
 * brought with numbers of its own, and what a message carried joins the sender's with the receiver's.
 */
import type { BufferMark } from '../probe/definitions.js';
import { FIRST_BROUGHT_NUMBER } from '../probe/definitions.js';

/** Joins that are kept: of a buffer that came before them, it is not known any more which one it is. */
const MAX_ORIGINS = 1 << 16;

const areSame = (handed: BufferMark, taken: BufferMark | undefined): boolean =>
  taken !== undefined && (handed.byteLength < 0 || taken.byteLength < 0 || handed.byteLength === taken.byteLength);

export class BufferTable {
  /** Of buffers that messages brought: the sender's number. */
  readonly #origins = new Map<number, number>();

  /** A message has arrived with what its sender handed over. */
  take(taken: readonly BufferMark[], handed: readonly BufferMark[]): void {
    const isMatch = handed.length === taken.length && handed.every((mark, i) => areSame(mark, taken[i]));
    if (!isMatch) return;
    taken.forEach(({ number }, i) => {
      const origin = handed[i]?.number ?? 0;
      if (number === 0 || origin === 0) return;
      this.#origins.set(number, this.find(origin) ?? origin);
    });
    for (const oldest of this.#origins.keys()) {
      if (this.#origins.size <= MAX_ORIGINS) return;
      this.#origins.delete(oldest);
    }
  }

  /** The buffer that a number means: where it was made. Undefined when it is not known which one it is. */
  find(number: number): number | undefined {
    let origin: number | undefined = number;
    while (origin !== undefined && origin >= FIRST_BROUGHT_NUMBER) origin = this.#origins.get(origin);
    return origin;
  }
}
