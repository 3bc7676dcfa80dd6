/** Whole numbers from 0, most of them close together: a bit each, in pages. */
const PAGE_BITS = 15;
const IN_PAGE = (1 << PAGE_BITS) - 1;

export class NumberSet {
  readonly #pages = new Map<number, Uint8Array>();

  has(number: number): boolean {
    const byte = this.#pages.get(number >>> PAGE_BITS)?.[(number & IN_PAGE) >>> 3] ?? 0;
    return (byte & (1 << (number & 7))) !== 0;
  }

  /** @param number less than 2^32 */
  add(number: number): void {
    let page = this.#pages.get(number >>> PAGE_BITS);
    if (page === undefined) this.#pages.set(number >>> PAGE_BITS, (page = new Uint8Array(1 << (PAGE_BITS - 3))));
    const at = (number & IN_PAGE) >>> 3;
    page[at] = (page[at] as number) | (1 << (number & 7));
  }
}
