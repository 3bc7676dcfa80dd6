/**
 * Joins what the sender of a message said of it with what its receiver says. Threads are read one after the other, so a
 * receiver may be heard before its sender, and the number of a port that a message went through may itself wait for such
 * a join. Who posts speaks before it posts: what is not found when all threads were heard once more was never said.
 */
import type { BufferMark, CarriedDefinition, TakenPort } from '../probe/definitions.js';
import type { BufferTable } from './bufferTable.js';
import type { PortTable } from './portTable.js';

type Handed = Extract<CarriedDefinition, { kind: 'handed' }>;
type Kept = Extract<CarriedDefinition, { kind: 'kept' }>;
type Taken = Extract<CarriedDefinition, { kind: 'taken' }>;

/** A direction that nobody knows. */
const UNKNOWN = 0;
/** Rounds over all threads after which a sender's word is not awaited any more. */
const PATIENCE = 2;

/** A port of its own, as far as anybody knows. */
export interface Stray extends TakenPort {
  readonly thread: number;
}

/** Different buffers of the same lengths in one broadcast channel: beyond that, nothing is matched. */
const MAX_ALIKE = 16;

interface Arrival {
  readonly taken: Taken;
  rounds: number;
}

export class CarriedMessages {
  readonly #ports: PortTable;
  readonly #buffers: BufferTable;
  /** What senders said, by the message. */
  readonly #handed = new Map<string, Handed>();
  /** The direction that they went through waits for a join itself. */
  #unplaced: Handed[] = [];
  #arrivals: Arrival[] = [];
  /** What was sent to all of a broadcast channel, by its name and the lengths of its buffers. */
  readonly #rooms = new Map<string, (readonly BufferMark[])[]>();
  /** Broadcast channels in which something was sent that may hold more than is known. */
  readonly #unclear = new Set<string>();
  #strays: Stray[] = [];

  constructor(ports: PortTable, buffers: BufferTable) {
    this.#ports = ports;
    this.#buffers = buffers;
  }

  add(definition: CarriedDefinition): void {
    switch (definition.kind) {
      case 'handed':
        this.#unplaced.push(definition);
        return;
      case 'kept':
        return this.#keep(definition);
      case 'taken':
        this.#arrivals.push({ taken: definition, rounds: 0 });
        for (const port of definition.ports) this.#ports.await(port);
    }
  }

  /** Called when all threads were heard. True: they have to be heard once more. */
  settle(): boolean {
    this.#join();
    const late: Arrival[] = [];
    for (const arrival of this.#arrivals) if (++arrival.rounds >= PATIENCE) late.push(arrival);
    if (late.length > 0) {
      this.#arrivals = this.#arrivals.filter(({ rounds }) => rounds < PATIENCE);
      for (const { taken } of late) this.#giveUp(taken);
      this.#join();
    }
    return this.#arrivals.length > 0;
  }

  /** Messages that were never taken go with what they were posted into. */
  forget(objects: ReadonlySet<number>): void {
    for (const [key, { carrier }] of this.#handed) {
      if (objects.has(carrier) || objects.has(parseInt(key, 10))) this.#handed.delete(key);
    }
  }

  /** Ports of which only the receiver spoke, since the last call. */
  takeStrays(): readonly Stray[] {
    const strays = this.#strays;
    if (strays.length > 0) this.#strays = [];
    return strays;
  }

  #join(): void {
    if (this.#unplaced.length + this.#arrivals.length === 0) return;
    // A join can be what another one waits for.
    for (let before = -1; before !== this.#unplaced.length + this.#arrivals.length;) {
      before = this.#unplaced.length + this.#arrivals.length;
      this.#unplaced = this.#unplaced.filter((handed) => !this.#place(handed));
      this.#arrivals = this.#arrivals.filter((arrival) => !this.#arrive(arrival));
    }
  }

  #place(handed: Handed): boolean {
    const { carrier, ports } = handed;
    if (this.#ports.isAwaited(carrier) || ports.some(({ out }) => this.#ports.isAwaited(out))) return false;
    if (handed.room !== undefined) this.#broadcast(handed, handed.buffers ?? []);
    else if (carrier !== UNKNOWN) this.#handed.set(this.#keyOf(handed), handed);
    for (const port of ports) this.#ports.handOn(port);
    return true;
  }

  #broadcast(handed: Handed, marks: readonly BufferMark[]): void {
    if (handed.isPartial === true) this.#unclear.add(handed.room ?? '');
    const key = roomKeyOf(handed);
    const alike = this.#rooms.get(key) ?? [];
    const isKnown = alike.some((known) => known.every(({ number }, i) => number === marks[i]?.number));
    if (!isKnown && alike.length <= MAX_ALIKE) alike.push(marks);
    this.#rooms.set(key, alike);
  }

  /** Which of the messages it was does not matter while all of them carry the same. */
  #inRoom(taken: Taken): readonly BufferMark[] | null {
    if (this.#unclear.has(taken.room ?? '')) return null;
    const alike = this.#rooms.get(roomKeyOf(taken)) ?? [];
    const names = alike.map((marks) => marks.map(({ number }) => this.#buffers.find(number) ?? NaN).join());
    const isOne = new Set(names).size === 1 && alike.length <= MAX_ALIKE && !names[0]?.includes('NaN');
    return isOne ? (alike[0] ?? null) : null;
  }

  #arrive({ taken, rounds }: Arrival): boolean {
    if (taken.room !== undefined && taken.buffers) {
      // All that could have been sent is known only when all were heard once more.
      if (rounds === 0) return false;
      const marks = this.#inRoom(taken);
      if (marks) this.#buffers.take(taken.buffers, marks);
      return marks !== null;
    }
    if (this.#ports.isAwaited(taken.carrier)) return false;
    const key = this.#keyOf(taken);
    const handed = this.#handed.get(key);
    if (!handed) return false;
    this.#handed.delete(key);
    for (const port of taken.ports) {
      const sent = handed.ports.find((one) => (port.index >= 0 ? one.index === port.index : one.order === port.order));
      if (sent) this.#ports.join(port, sent, taken.thread);
      else this.#giveUpPort(port, taken.thread);
    }
    if (taken.buffers && handed.buffers) this.#buffers.take(taken.buffers, handed.buffers);
    return true;
  }

  #giveUp(taken: Taken): void {
    for (const port of taken.ports) this.#giveUpPort(port, taken.thread);
  }

  #giveUpPort(port: TakenPort, thread: number): void {
    this.#ports.giveUp(port);
    this.#strays.push({ ...port, thread });
  }

  #keep(kept: Kept): void {
    const isSame = ({ carrier, sequence, thread }: Handed): boolean =>
      carrier === kept.carrier && sequence === kept.sequence && thread === kept.thread;
    const count = this.#unplaced.length;
    this.#unplaced = this.#unplaced.filter((handed) => !isSame(handed));
    if (this.#unplaced.length < count) return;
    const key = this.#keyOf(kept);
    const handed = this.#handed.get(key);
    if (handed && isSame(handed)) this.#handed.delete(key);
    for (const port of kept.ports) this.#ports.keep(port, kept.thread);
  }

  #keyOf({ carrier, sequence }: Handed | Kept | Taken): string {
    const { object, offset } = this.#ports.placeOf(carrier);
    // The start of a worker is not one of the numbered messages.
    return `${object}#${sequence < 0 ? sequence : sequence + offset}`;
  }
}

const roomKeyOf = ({ room, buffers = [] }: Handed | Taken): string =>
  `${buffers.map(({ byteLength }) => byteLength).join()} ${room ?? ''}`;
