/** The objects of the words that a thread waits on and notifies: one id a word and thread, joined by the collector. */
import { OP } from '../trace/ops.js';
import type { BufferIdentity } from './bufferIdentity.js';
import { connectBufferIdentity } from './bufferIdentity.js';
import { ownVisibleId } from './threadIds.js';
import type { ThreadRecorder } from './threadRecorder.js';

/** Byte offsets of a buffer that are remembered by object id. */
type Words = Map<number, number>;

export class SharedWords {
  readonly #recorder: ThreadRecorder;
  readonly #buffers = new WeakMap<SharedArrayBuffer, Words>();
  #identify: BufferIdentity | null = null;

  constructor(recorder: ThreadRecorder) {
    this.#recorder = recorder;
  }

  /** The id of the word at a byte offset. The recorder is open. */
  objectOf(buffer: SharedArrayBuffer, offset: number): number {
    let words = this.#buffers.get(buffer);
    if (!words) this.#buffers.set(buffer, (words = new Map<number, number>()));
    let object = words.get(offset);
    if (object === undefined) {
      object = this.#define(buffer, offset);
      words.set(offset, object);
    }
    return object;
  }

  #define(buffer: SharedArrayBuffer, offset: number): number {
    const number = this.#identity(buffer);
    const id = this.#recorder.nextObject();
    this.#recorder.define({
      kind: 'object',
      id,
      objectKind: 'word',
      name: null,
      stack: 0,
      thread: ownVisibleId(),
      capacity: null,
      offset,
      ...(number !== undefined && { buffer: number }),
    });
    return id;
  }

  #identity(buffer: SharedArrayBuffer): number | undefined {
    if (!this.#identify) {
      const { isAvailable, identify } = connectBufferIdentity();
      this.#identify = identify;
      if (!isAvailable) {
        const message = 'shared memory cannot be told apart between threads: this Node has no inspector to ask';
        this.#recorder.recordAt(OP['recorder.error'], 0, 0, this.#recorder.string(message));
      }
    }
    return this.#identify(buffer);
  }
}
