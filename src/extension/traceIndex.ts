/**
 * The index worker of one trace, shared by all editors on it and by what watches a running program. It lives as long
 * as somebody uses it.
 */
import { Worker } from 'node:worker_threads';
import type { HostToView, Routed, ViewToHost } from '../protocol/messages.js';

/** One user of an index: an editor, or a watcher. */
export interface IndexView {
  send(message: ViewToHost): void;
  dispose(): void;
}

type Listener = (message: HostToView) => void;

export class TraceIndex {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, Listener>();
  readonly #onIdle: () => void;
  #failure: string | null = null;
  #nextView = 1;

  /**
   * @param script the index worker's built file
   * @param live the program runs: an empty or missing file is about to be written
   * @param onIdle called when the last view is disposed; the worker has been told to end
   * @param log what the worker itself says
   */
  constructor(script: string, file: string, live: boolean, onIdle: () => void, log: (text: string) => void) {
    this.#onIdle = onIdle;
    this.#worker = new Worker(script, { workerData: { file, live }, execArgv: [], stdout: true, stderr: true });
    this.#worker.stdout.on('data', (data: Buffer) => log(data.toString()));
    this.#worker.stderr.on('data', (data: Buffer) => log(data.toString()));
    this.#worker.on('message', ({ view, message }: Routed<HostToView>) => this.#listeners.get(view)?.(message));
    this.#worker.on('error', (error) => {
      log(error.stack ?? error.message);
      this.#fail(`The trace's index stopped: ${error.message}`);
    });
    this.#worker.on('exit', () => this.#fail('The trace is not read any more: open it again.'));
  }

  /** A new view; it hears nothing before it sends `ready`. */
  view(listener: Listener): IndexView {
    const view = this.#nextView++;
    this.#listeners.set(view, listener);
    return {
      send: (message) => {
        if (this.#failure !== null) listener({ type: 'failed', sentence: this.#failure });
        else this.#worker.postMessage({ view, message } satisfies Routed<ViewToHost>);
      },
      dispose: () => {
        if (!this.#listeners.delete(view)) return;
        if (this.#listeners.size > 0) {
          this.#worker.postMessage({ view, message: { type: 'closed' } } satisfies Routed<ViewToHost>);
          return;
        }
        void this.#worker.terminate();
        this.#onIdle();
      },
    };
  }

  #fail(sentence: string): void {
    if (this.#failure !== null) return;
    this.#failure = sentence;
    for (const listener of this.#listeners.values()) listener({ type: 'failed', sentence });
  }
}
