/**
 * Ports that go from hand to hand. Who hands one on says so before the message is posted, who gets it when the message
 * arrives, each with its own numbers of the port's directions; the collector makes them one.
 */
import type { MessagePort } from 'node:worker_threads';
import type { HandedPort, TakenPort } from '../../probe/definitions.js';
import { OP } from '../../trace/ops.js';
import type { Channels } from '../ports/channels.js';
import type { Direction, PortState } from '../ports/portState.js';
import { ownVisibleId } from '../threadIds.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { transferredPorts } from './transferList.js';
import { walkPayload } from './walk.js';

/** A port that is about to leave. */
export interface Leaving {
  readonly state: PortState;
  readonly index: number;
  readonly order: number;
}

/** How a receiver knows a port: by its place in the transfer list, or in the payload. */
export type Place = 'index' | 'order';

export class PortTransfers {
  readonly #recorder: ThreadRecorder;
  readonly #channels: Channels;
  /** What was handed on before anything was recorded, to this only thread: by the direction, in order. */
  readonly #unrecorded = new WeakMap<Direction, (readonly Leaving[])[]>();

  constructor(recorder: ThreadRecorder, channels: Channels) {
    this.#recorder = recorder;
    this.#channels = channels;
  }

  /** The ports of a message of which something is known. */
  find(message: unknown, transfer: unknown): Leaving[] {
    const listed = transferredPorts(transfer);
    if (listed !== null && !listed.some((port) => this.#channels.stateOf(port))) return [];
    const { ports: written } = walkPayload(message);
    const all = listed ?? written;
    return all.flatMap((port) => {
      const state = this.#channels.stateOf(port);
      return state ? [{ state, index: listed ? listed.indexOf(port) : -1, order: written.indexOf(port) }] : [];
    });
  }

  /** From here on nobody knows who sends and receives there. */
  handOn(leaving: readonly Leaving[], carrier: Direction | undefined): HandedPort[] {
    for (const { state } of leaving) {
      state.in.to = undefined;
      state.out.from = undefined;
    }
    if (this.#recorder.isOpen) return leaving.map((port) => this.#handedOf(port));
    if (carrier) {
      const waiting = this.#unrecorded.get(carrier) ?? [];
      waiting.push(leaving);
      this.#unrecorded.set(carrier, waiting);
    }
    return [];
  }

  #handedOf({ state, index, order }: Leaving): HandedPort {
    const [out, into] = [this.#channels.objectOf(state.out), this.#channels.objectOf(state.in)];
    this.#recorder.recordAt(OP['port.transfer'], into, 0);
    return { index, order, out, in: into, posted: state.posted, received: state.received };
  }

  /** The message was not posted. */
  takeBack(leaving: readonly Leaving[], carrier: Direction | undefined): void {
    for (const { state } of leaving) {
      state.in.to = ownVisibleId();
      state.out.from = ownVisibleId();
    }
    const waiting = carrier && this.#unrecorded.get(carrier);
    if (waiting?.at(-1) === leaving) waiting.pop();
  }

  /** Binds ports that have arrived, and gives those that the collector has to join. */
  take(ports: readonly MessagePort[], place: Place, carrier: Direction): TakenPort[] {
    const local = this.#takeUnrecorded(ports, place, carrier);
    if (local || !this.#recorder.isOpen) return [];
    return ports.map((port, i) => this.#taken(port, place, i));
  }

  /** Whether a message that Node tells nothing of may hold ports. */
  hasUnrecorded(carrier: Direction): boolean {
    return this.#unrecorded.has(carrier);
  }

  #taken(port: MessagePort, place: Place, i: number): TakenPort {
    const own = ownVisibleId();
    const out: Direction = { id: this.#recorder.nextObject(), stack: 0, from: own, to: undefined };
    const into: Direction = { id: this.#recorder.nextObject(), stack: 0, from: undefined, to: own };
    this.#channels.bind(port, out, into);
    return { index: -1, order: -1, [place]: i, out: out.id, in: into.id };
  }

  /** The first message that holds ports is the first that was posted with ports. */
  #takeUnrecorded(ports: readonly MessagePort[], place: Place, carrier: Direction): boolean {
    const waiting = this.#unrecorded.get(carrier);
    const leaving = waiting?.shift();
    if (waiting?.length === 0) this.#unrecorded.delete(carrier);
    if (!leaving) return false;
    for (const { state, index, order } of leaving) {
      const port = ports[place === 'index' ? index : order];
      if (!port) continue;
      state.in.to = ownVisibleId();
      state.out.from = ownVisibleId();
      const { posted, received } = state;
      Object.assign(this.#channels.bind(port, state.out, state.in), { posted, received });
    }
    return true;
  }
}
