/**
 * One port under the numbers of all threads that had it. A thread that gets a port numbers its two directions anew and
 * counts its messages from 0; here they become those of the thread before, and so those of who made the channel.
 */
import type { HandedPort, TakenPort } from '../probe/definitions.js';

/** What a thread's number of a direction means. */
interface Place {
  /** The number of who made the channel. */
  readonly object: number;
  /** Messages that went through the port before the thread had it. */
  readonly offset: number;
  /** How often the port had been handed on until then. */
  readonly hands: number;
}

/** Who has an end of a direction: since which hand-over, undefined: it is on its way. */
interface Holder {
  readonly hands: number;
  readonly thread: number | undefined;
}

/** An object record's ends. */
export interface Ends {
  readonly from?: number;
  readonly to?: number;
}

/** Hands of one port whose numbers are known: who handed it on before does nothing with it any more. */
const MAX_LATER = 4096;

export class PortTable {
  readonly #places = new Map<number, Place>();
  /** By the number of who made the channel: what later threads called the direction. */
  readonly #laterNumbers = new Map<number, number[]>();
  /** Numbers of ports that have arrived, whose sender's word is awaited. */
  readonly #awaited = new Set<number>();
  readonly #senders = new Map<number, Holder>();
  readonly #receivers = new Map<number, Holder>();
  #changed = new Set<number>();

  await(port: TakenPort): void {
    this.#awaited.add(port.out).add(port.in);
  }

  isAwaited(direction: number): boolean {
    return this.#awaited.has(direction);
  }

  /** Nothing is known of where it came from: its directions are objects of their own. */
  giveUp(port: TakenPort): void {
    this.#awaited.delete(port.out);
    this.#awaited.delete(port.in);
  }

  join(taken: TakenPort, handed: HandedPort, thread: number): void {
    this.giveUp(taken);
    const [out, into] = [this.placeOf(handed.out), this.placeOf(handed.in)];
    const hands = out.hands + 1;
    this.#move(taken.out, { object: out.object, offset: out.offset + handed.posted, hands });
    this.#move(taken.in, { object: into.object, offset: into.offset + handed.received, hands });
    this.#hold(taken, hands, thread);
  }

  /** @returns what later threads called the direction */
  forget(object: number): readonly number[] {
    const later = this.#laterNumbers.get(object) ?? [];
    this.#laterNumbers.delete(object);
    for (const number of later) this.#places.delete(number);
    for (const table of [this.#senders, this.#receivers, this.#changed]) table.delete(object);
    return later;
  }

  #move(number: number, place: Place): void {
    this.#places.set(number, place);
    const later = this.#laterNumbers.get(place.object);
    if (!later) this.#laterNumbers.set(place.object, [number]);
    else if (later.push(number) > MAX_LATER) this.#places.delete(later.shift() as number);
  }

  handOn(port: HandedPort): void {
    this.#hold(port, this.placeOf(port.out).hands + 0.5, undefined);
  }

  keep(port: HandedPort, thread: number): void {
    this.#hold(port, this.placeOf(port.out).hands + 0.5, thread);
  }

  /** The number itself for a direction that was never handed on. */
  placeOf(direction: number): Place {
    return this.#places.get(direction) ?? { object: direction, offset: 0, hands: 0 };
  }

  /** What the thread's number stands for, or undefined when it stands for itself. */
  movedTo(direction: number): Place | undefined {
    return this.#places.get(direction);
  }

  /** Who is at the ends of a direction, where hand-overs tell more than `told`. */
  endsOf(direction: number, told: Ends): Ends {
    const sender = this.#senders.get(direction);
    const receiver = this.#receivers.get(direction);
    const from = sender ? sender.thread : told.from;
    const to = receiver ? receiver.thread : told.to;
    return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }

  /** Directions whose ends have changed since the last call. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }

  /** What threads say of a port comes in any order: the latest hand counts. */
  #hold(port: Pick<TakenPort, 'out' | 'in'>, hands: number, thread: number | undefined): void {
    for (const [holders, direction] of [
      [this.#senders, port.out],
      [this.#receivers, port.in],
    ] as const) {
      const { object } = this.placeOf(direction);
      if ((holders.get(object)?.hands ?? 0) > hands) continue;
      holders.set(object, { hands, thread });
      this.#changed.add(object);
    }
  }
}
