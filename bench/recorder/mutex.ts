/** A lock as programs build them. */
export class Mutex {
  readonly #words = new Int32Array(new SharedArrayBuffer(4));

  acquire(): void {
    while (Atomics.compareExchange(this.#words, 0, 0, 1) !== 0) Atomics.wait(this.#words, 0, 1);
  }

  release(): void {
    Atomics.store(this.#words, 0, 0);
  }
}
