import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { CommandFailure } from './commandFailure.js';
import { EXIT } from './exitCodes.js';

/** Lines go out in pieces of about this many characters. */
const PIECE = 1 << 16;

/** Where the lines of a long result go: standard output, or a file. Memory stays bounded when `drained` is awaited. */
export class Output {
  readonly #stream: NodeJS.WritableStream;
  readonly #done: Promise<void> | null;
  #piece = '';
  #isFull = false;

  constructor(private readonly file: string | undefined) {
    this.#stream = file === undefined ? process.stdout : createWriteStream(file);
    this.#done = file === undefined ? null : finished(this.#stream);
    // Told by `end`; until then nobody listens.
    this.#done?.catch(() => undefined);
  }

  line(text: string): void {
    this.#piece += `${text}\n`;
    if (this.#piece.length >= PIECE) this.#write();
  }

  /** Resolves when more can be written. */
  async drained(): Promise<void> {
    if (!this.#isFull) return;
    const drained = new Promise<void>((resolve) => this.#stream.once('drain', resolve));
    await (this.#done ? Promise.race([drained, this.#done.catch(() => undefined)]) : drained);
    this.#isFull = false;
  }

  async end(): Promise<void> {
    this.#write();
    if (this.#done === null) return;
    this.#stream.end();
    try {
      await this.#done;
    } catch (error) {
      throw new CommandFailure(`${this.file} cannot be written: ${(error as Error).message}.`, EXIT.wrongUse);
    }
  }

  #write(): void {
    if (this.#piece !== '') this.#isFull = !this.#stream.write(this.#piece) || this.#isFull;
    this.#piece = '';
  }
}
