/** A worker's end of the line: functions and shared memory that tasks need, which do not fit into bytes. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { ThreadTarget } from '../threads/threadTarget.js';
import type { LineMessage, PoolStart } from './poolStart.js';
import { importTarget, type TaskFunction } from './taskFunction.js';

export class WorkerLine {
  readonly #port: MessagePort;
  readonly #targets = new Map<number, ThreadTarget>();
  readonly #functions = new Map<number, TaskFunction>();
  readonly #buffers = new Map<number, SharedArrayBuffer>();

  constructor({ line, told }: PoolStart) {
    this.#port = line;
    for (const message of told) this.#hear(message);
  }

  /** A function that a task has had before. */
  known(code: number): TaskFunction | undefined {
    return this.#functions.get(code);
  }

  async load(code: number): Promise<TaskFunction> {
    if (!this.#targets.has(code)) this.listen();
    const found = await importTarget(this.#targets.get(code) as ThreadTarget);
    this.#functions.set(code, found);
    return found;
  }

  buffer(number: number): SharedArrayBuffer {
    if (!this.#buffers.has(number)) this.listen();
    return this.#buffers.get(number) as SharedArrayBuffer;
  }

  /** Hears what has arrived, so that nothing is kept that no task needs any more. */
  listen(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: LineMessage | null } | undefined;
      if (received === undefined) return;
      // Null only asks whether this thread is there.
      if (received.message !== null) this.#hear(received.message);
    }
  }

  #hear(message: LineMessage): void {
    if (message.kind === 'target') this.#targets.set(message.number, message.target);
    else if (message.kind === 'buffer') this.#buffers.set(message.number, message.buffer);
    else this.#buffers.delete(message.number);
  }
}
