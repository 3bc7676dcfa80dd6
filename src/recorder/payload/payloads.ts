/**
 * What messages carry beside data: ports, which go on living in another thread, and shared memory. Seen when a message is
 * posted and again when it is received; the payload itself is never changed, and none of its getters is called.
 */
import type { MessagePort } from 'node:worker_threads';
import type { HandedPort, Handover } from '../../probe/definitions.js';
import { START_SEQUENCE } from '../../probe/definitions.js';
import { CONTROL } from '../../probe/ring.js';
import { OP } from '../../trace/ops.js';
import { connectBufferIdentity, learnBuffer } from '../words/bufferIdentity.js';
import type { Channels } from '../ports/channels.js';
import type { Direction } from '../ports/portState.js';
import type { Marked } from './bufferMarks.js';
import { BufferMarks, UNMARKED } from './bufferMarks.js';
import type { Leaving } from './portTransfers.js';
import { PortTransfers } from './portTransfers.js';
import { buffersOfStart, handoverIn } from './startMessage.js';
import { transferredPorts } from './transferList.js';
import { bufferItself, walkPayload } from './walk.js';
import { atomics } from '../raw.js';
import { ownVisibleId } from '../threadIds.js';
import type { Connection, ThreadRecorder } from '../threadRecorder.js';

/** Values of a message that are searched for ports where Node does not tell them: a port lies near the top. */
const SEARCHED_VALUES = 1000;

/** What a message took with it. */
export interface Outgoing {
  readonly carrier: Direction | undefined;
  readonly carrierId: number;
  readonly sequence: number;
  readonly leaving: readonly Leaving[];
  readonly ports: readonly HandedPort[];
}

export class Payloads {
  readonly #recorder: ThreadRecorder;
  readonly #channels: Channels;
  readonly #transfers: PortTransfers;
  readonly #marks: BufferMarks;
  #control: Int32Array | null = null;

  constructor(recorder: ThreadRecorder, channels: Channels) {
    this.#recorder = recorder;
    this.#channels = channels;
    this.#transfers = new PortTransfers(recorder, channels);
    this.#marks = new BufferMarks(recorder);
    recorder.onOpen(() => this.#open());
  }

  #open(): void {
    this.#control = new Int32Array((this.#recorder.connection as Connection).control);
    for (const { carrier, sequence, marked } of this.#marks.takeEarly()) {
      this.#tell(carrier, this.#channels.objectOf(carrier), sequence, [], marked);
    }
  }

  /**
   * A message is about to be posted.
   * @param carrier the direction that it goes into; undefined when nobody knows
   * @param sequence its number there
   * @param transfer the transfer list, or the options that hold one, as the program gave them
   * @returns what is to be told to {@link takeBack} when the message could not be posted; mostly nothing
   */
  outgoing(
    carrier: Direction | undefined,
    sequence: number,
    message: unknown,
    transfer: unknown,
  ): Outgoing | undefined {
    if (typeof message === 'object' && message !== null && carrier !== undefined && this.#recorder.isOpen) {
      const buffer = bufferItself(message);
      if (buffer !== undefined) this.#recorder.guard(() => this.#carry(carrier, buffer));
    }
    if (transfer === undefined && !this.#marks.isNeeded) return undefined;
    return this.#recorder.guard(() => this.#leave(carrier, sequence, message, transfer));
  }

  /** The message that was about to be posted was not. */
  takeBack(outgoing: Outgoing): void {
    this.#recorder.guard(() => {
      const { carrier, carrierId, sequence, leaving, ports } = outgoing;
      this.#transfers.takeBack(leaving, carrier);
      if (!this.#recorder.isOpen) return;
      this.#recorder.define({ kind: 'kept', thread: ownVisibleId(), carrier: carrierId, sequence, ports });
      for (const { state } of leaving) for (const end of [state.out, state.in]) this.#channels.define(end);
    });
  }

  /**
   * A message was received, before any listener of the program sees it.
   * @param ports the ports that came with it as Node lists them, undefined for none; null where Node does not tell
   */
  incoming(carrier: Direction, sequence: number, message: unknown, ports: unknown): void {
    if (ports === undefined && !this.#marks.isNeeded) return;
    if (ports === null && !this.#marks.isNeeded && !this.#mayHoldPorts(carrier, message)) return;
    this.#recorder.guard(() => this.#arrive(carrier, sequence, message, ports));
  }

  /** In a worker: what it was started with. It records. */
  begin({ fromParent, carried }: Handover): void {
    if (!carried) return;
    this.#recorder.guard(() => {
      const own = ownVisibleId();
      const carrier: Direction = { id: fromParent, stack: 0, from: undefined, to: own };
      const ports = this.#transfers.take(carried.ports, 'index', carrier);
      const message = { carrier: fromParent, sequence: START_SEQUENCE, thread: own };
      if (ports.length > 0) this.#recorder.define({ kind: 'taken', ...message, ports });
      for (const [buffer, number] of carried.buffers) {
        if (number !== undefined) learnBuffer(buffer, number);
        this.#recorder.recordAt(OP['thread.handed'], own, 0, number ?? NaN);
      }
      if (!carried.isWhole) this.#recorder.recordAt(OP['thread.handed'], own, 0, NaN);
    });
  }

  #carry(carrier: Direction, buffer: SharedArrayBuffer): void {
    const number = connectBufferIdentity().identify(buffer) ?? NaN;
    this.#recorder.recordAt(OP['port.carry'], this.#channels.objectOf(carrier), 0, number);
  }

  #leave(carrier: Direction | undefined, sequence: number, message: unknown, transfer: unknown): Outgoing | undefined {
    const start = carrier === undefined && this.#recorder.isOpen ? handoverIn(message) : null;
    if (start) return this.#leaveToWorker(start, message as object, transfer);
    const leaving = transfer === undefined ? [] : this.#transfers.find(message, transfer);
    // Where it arrives, nobody could say that it is this message.
    const marked = carrier && this.#marks.isNeeded ? this.#marks.of(message) : UNMARKED;
    // Who receives it by a broadcast channel only knows what it holds, and another one may look the same.
    const isTold = marked.buffers.length > 0 || (marked.isPartial && carrier?.name !== undefined);
    if (leaving.length === 0 && !isTold) return undefined;
    const carrierId = carrier && this.#recorder.isOpen ? this.#channels.objectOf(carrier) : 0;
    return this.#tell(carrier, carrierId, sequence, leaving, isTold ? marked : UNMARKED);
  }

  #leaveToWorker(handover: Handover, message: object, transfer: unknown): Outgoing {
    const known = (transferredPorts(transfer) ?? []).filter((port) => this.#channels.stateOf(port));
    const leaving = known.flatMap((port, index) => {
      const state = this.#channels.stateOf(port);
      return state ? [{ state, index, order: -1 }] : [];
    });
    const { buffers, isWhole } = buffersOfStart(message);
    const identities = buffers.length > 0 ? connectBufferIdentity() : null;
    const numbered = buffers.map((buffer) => [buffer, identities?.identify(buffer)] as const);
    handover.carried = { ports: known, buffers: numbered, isWhole };
    const marks = identities?.isByMarks
      ? numbered.map(([{ byteLength }, number]) => ({ number: number ?? 0, byteLength }))
      : [];
    return this.#tell(undefined, handover.fromParent, START_SEQUENCE, leaving, { buffers: marks, isPartial: false });
  }

  #tell(
    carrier: Direction | undefined,
    carrierId: number,
    sequence: number,
    leaving: readonly Leaving[],
    marked: Marked,
  ): Outgoing {
    const ports = this.#transfers.handOn(leaving, carrier);
    const isMarked = marked !== UNMARKED;
    if (this.#recorder.isOpen && (leaving.length > 0 || isMarked)) {
      const message = { carrier: carrierId, sequence, thread: ownVisibleId(), ...roomOf(carrier) };
      const { buffers, isPartial } = marked;
      const carried = { ports, ...(buffers.length > 0 && { buffers }), ...(isPartial && { isPartial }) };
      this.#recorder.define({ kind: 'handed', ...message, ...carried });
      if (leaving.length > 0) atomics.add(this.#control as Int32Array, CONTROL.HANDED, 1);
    }
    if (!this.#recorder.isOpen && carrier && isMarked) this.#marks.postedEarly({ carrier, sequence, marked });
    return { carrier, carrierId, sequence, leaving, ports };
  }

  #mayHoldPorts(carrier: Direction, message: unknown): boolean {
    if (typeof message !== 'object' || message === null) return false;
    const control = this.#control;
    return (control !== null && control[CONTROL.HANDED] !== 0) || this.#transfers.hasUnrecorded(carrier);
  }

  #arrive(carrier: Direction, sequence: number, message: unknown, listed: unknown): void {
    const place = Array.isArray(listed) ? 'index' : 'order';
    const found = Array.isArray(listed)
      ? (listed as MessagePort[])
      : listed === null
        ? walkPayload(message, SEARCHED_VALUES).ports
        : [];
    const ports = found.length > 0 ? this.#transfers.take(found, place, carrier) : [];
    if (!this.#recorder.isOpen) return this.#marks.receivedEarly(carrier, sequence, message);
    const { buffers } = this.#marks.isNeeded ? this.#marks.ofReceived(message) : UNMARKED;
    if (ports.length + buffers.length === 0) return;
    const thread = ownVisibleId();
    const carrierId = this.#channels.objectOf(carrier);
    const carried = { ports, ...(buffers.length > 0 && { buffers }), ...roomOf(carrier) };
    this.#recorder.define({ kind: 'taken', thread, carrier: carrierId, sequence, ...carried });
  }
}

/** Of the directions that ports and buffers go through, those of broadcast channels have a name. */
const roomOf = (carrier: Direction | undefined): { room?: string } =>
  carrier?.name === undefined ? {} : { room: carrier.name };
