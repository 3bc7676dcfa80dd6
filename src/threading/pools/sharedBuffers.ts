/** The shared memory that goes beside tasks: told to all workers once, and kept by them as long as it may be needed. */
import type { LineMessage } from './poolStart.js';

/** So many stay known though no task needs them just now: most programs pass the same few again and again. */
const MAX_KEPT = 64;

interface Entry {
  readonly buffer: SharedArrayBuffer;
  /** Tasks that are not over and need it. */
  users: number;
}

export class SharedBuffers {
  readonly #numbers = new WeakMap<SharedArrayBuffer, number>();
  /** By number, the oldest first. */
  readonly #entries = new Map<number, Entry>();
  readonly #tell: (message: LineMessage) => void;
  #last = 0;

  /** @param tell to all workers that there are */
  constructor(tell: (message: LineMessage) => void) {
    this.#tell = tell;
  }

  /** What a new worker has to know. */
  get messages(): LineMessage[] {
    return [...this.#entries].map(([number, { buffer }]) => ({ kind: 'buffer', number, buffer }));
  }

  /** One more task needs these. Gives their numbers. */
  use(buffers: readonly SharedArrayBuffer[]): number[] {
    return buffers.map((buffer) => {
      const number = this.#numberOf(buffer);
      (this.#entries.get(number) as Entry).users += 1;
      return number;
    });
  }

  release(numbers: readonly number[]): void {
    for (const number of numbers) (this.#entries.get(number) as Entry).users -= 1;
    if (this.#entries.size <= MAX_KEPT) return;
    for (const [number, { users }] of this.#entries) {
      if (users > 0) continue;
      this.#entries.delete(number);
      this.#tell({ kind: 'forget', number });
      if (this.#entries.size <= MAX_KEPT) return;
    }
  }

  #numberOf(buffer: SharedArrayBuffer): number {
    const known = this.#numbers.get(buffer);
    if (known !== undefined && this.#entries.has(known)) return known;
    const number = ++this.#last;
    this.#numbers.set(buffer, number);
    this.#entries.set(number, { buffer, users: 0 });
    this.#tell({ kind: 'buffer', number, buffer });
    return number;
  }
}
