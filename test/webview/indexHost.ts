/** The built index worker behind the page, as the extension puts it there. */
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { NodeWorkerData } from '../../src/indexer/nodeWorker.js';
import type { HostToView, ViewToHost, Routed } from '../../src/protocol/messages.js';
import type { PageHost } from './harness.js';

const root = resolve(__dirname, '../..');

/** Bytes of a message as it crosses: its text, and its buffer. */
function bytesOf(message: HostToView): number {
  return message.type === 'tile' ? message.buffer.byteLength + 200 : JSON.stringify(message).length;
}

export class IndexHost implements PageHost {
  /** All that the page said. */
  readonly heard: ViewToHost[] = [];
  /** Bytes that were sent to the page since the last `taken`. */
  #bytes = 0;
  readonly #worker: Worker;
  #openedAt = NaN;
  readonly #startedAt = performance.now();
  #say: (message: HostToView) => void = () => undefined;

  constructor(data: NodeWorkerData) {
    this.#worker = new Worker(join(root, 'dist/indexWorker.js'), { workerData: data });
    this.#worker.on('message', ({ message }: Routed<HostToView>) => {
      this.#bytes += bytesOf(message);
      if (message.type === 'opened' && message.verdict !== null && Number.isNaN(this.#openedAt)) {
        this.#openedAt = performance.now();
      }
      this.#say(message);
    });
  }

  /** How long it took until the verdict was told; NaN before. */
  get openedAfterMs(): number {
    return this.#openedAt - this.#startedAt;
  }

  attach(say: (message: HostToView) => void): void {
    this.#say = say;
  }

  answer(message: ViewToHost): null {
    this.heard.push(message);
    this.#worker.postMessage({ view: 1, message } satisfies Routed<ViewToHost>);
    return null;
  }

  /** Bytes since the last call. */
  taken(): number {
    const bytes = this.#bytes;
    this.#bytes = 0;
    return bytes;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
