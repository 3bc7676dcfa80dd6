/**
 * What the recorder knows of a message port: the object of each direction, and how many messages went through it. The
 * payload is never touched: both sides count, and the numbers match because ports deliver in order.
 */
import type { MessagePort } from 'node:worker_threads';
import { OP } from '../trace/ops.js';
import { ownVisibleId } from './threadIds.js';
import type { ThreadRecorder } from './threadRecorder.js';

/** One direction of a channel; its id is 0 until something is recorded of it. */
export interface Direction {
  id: number;
  readonly stack: number;
  /** Undefined: nobody knows, because the port was handed on. */
  from: number | undefined;
  to: number | undefined;
}

export interface PortState {
  readonly out: Direction;
  readonly in: Direction;
  posted: number;
  received: number;
  isListening: boolean;
}

export class Channels {
  readonly #recorder: ThreadRecorder;
  readonly #ports = new WeakMap<MessagePort, PortState>();

  constructor(recorder: ThreadRecorder) {
    this.#recorder = recorder;
  }

  stateOf(port: MessagePort): PortState | undefined {
    return this.#ports.get(port);
  }

  bind(port: MessagePort, out: Direction, into: Direction): PortState {
    const state: PortState = { out, in: into, posted: 0, received: 0, isListening: false };
    this.#ports.set(port, state);
    return state;
  }

  /** Both ports of a channel that this thread made. Its objects become known with the first event. */
  bindPair(port1: MessagePort, port2: MessagePort, stack: number): void {
    const own = ownVisibleId();
    const there: Direction = { id: 0, stack, from: own, to: own };
    const back: Direction = { id: 0, stack, from: own, to: own };
    this.bind(port1, there, back);
    this.bind(port2, back, there);
  }

  /** The object's id of a direction. The recorder is open. */
  objectOf(direction: Direction): number {
    if (direction.id === 0) {
      direction.id = this.#recorder.nextObject();
      this.define(direction);
    }
    return direction.id;
  }

  /**
   * Ports that are handed on: who sends and receives there is not known from here on.
   * @param list a transfer list, or the options that hold one
   */
  recordTransfers(list: unknown): void {
    // Getters are the program's code: Node alone runs them.
    const transfer: unknown =
      typeof list === 'object' && list !== null && !Array.isArray(list)
        ? Object.getOwnPropertyDescriptor(list, 'transfer')?.value
        : list;
    if (!Array.isArray(transfer)) return;
    for (const item of transfer as unknown[]) {
      const state = typeof item === 'object' && item !== null ? this.#ports.get(item as MessagePort) : undefined;
      if (state) this.#handOn(state);
    }
  }

  #handOn(state: PortState): void {
    state.in.to = undefined;
    state.out.from = undefined;
    if (!this.#recorder.isOpen) return;
    // What was said of it before holds no longer.
    for (const direction of [state.in, state.out]) if (direction.id !== 0) this.define(direction);
    this.#recorder.recordAt(OP['port.transfer'], this.objectOf(state.in), 0);
  }

  define(direction: Direction): void {
    this.#recorder.define({
      kind: 'object',
      id: direction.id,
      objectKind: 'port',
      name: null,
      stack: direction.stack,
      thread: ownVisibleId(),
      capacity: null,
      ...(direction.from !== undefined && { from: direction.from }),
      ...(direction.to !== undefined && { to: direction.to }),
    });
  }
}
