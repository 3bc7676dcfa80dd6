const PATIENCE_MS = 1000;

/** One line on a terminal's stderr for what takes longer than a second, gone when it is done. */
export class Progress {
  readonly #since = performance.now();
  #shown = '';

  constructor(private readonly what: string) {}

  /** @param share from 0 to 1 */
  tell(share: number): void {
    if (!process.stderr.isTTY || performance.now() - this.#since < PATIENCE_MS) return;
    const text = `${this.what}: ${Math.min(100, Math.floor(share * 100))} %`;
    if (text === this.#shown) return;
    process.stderr.write(`\r${text}`);
    this.#shown = text;
  }

  clear(): void {
    if (this.#shown !== '') process.stderr.write(`\r${' '.repeat(this.#shown.length)}\r`);
    this.#shown = '';
  }
}
