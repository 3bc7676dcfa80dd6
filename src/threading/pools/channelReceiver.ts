import { padded } from '../crossing/growableMemory.js';
import { raw } from '../recording.js';
import {
  CHANNEL,
  ChannelView,
  FIRST_BED,
  RECORD,
  RECORD_BYTES,
  STATE,
  wakeOne,
  type RecordHead,
} from './taskChannel.js';

export interface TakenRecord extends RecordHead {
  readonly bytes: Uint8Array;
}

const noBuffers: readonly number[] = [];

/** An end of a channel that takes. */
export class ChannelReceiver {
  readonly #view: ChannelView;

  constructor(memory: SharedArrayBuffer) {
    this.#view = new ChannelView(memory);
  }

  get cells(): Int32Array {
    return this.#view.cells;
  }

  get isClosed(): boolean {
    return raw.load(this.#view.cells, CHANNEL.CLOSED) === 1;
  }

  get isEmpty(): boolean {
    const { cells } = this.#view;
    return raw.load(cells, CHANNEL.PUSHED) === raw.load(cells, CHANNEL.TAKEN);
  }

  /**
   * The oldest record; undefined when there is none just now.
   * @param announce called with the task of the record that is about to be taken, perhaps in vain
   */
  take(announce?: (task: number) => void): TakenRecord | undefined {
    const { cells } = this.#view;
    for (;;) {
      const number = raw.load(cells, CHANNEL.TAKEN);
      if (number === raw.load(cells, CHANNEL.PUSHED)) return undefined;
      const at = this.#placeOf(number);
      const ints = this.#view.ints(at + RECORD_BYTES);
      announce?.(ints[(at >> 2) + RECORD.TASK] as number);
      // What was read before may be wrong by now; then somebody else has taken it.
      if (raw.compareExchange(cells, CHANNEL.TAKEN, number, (number + 1) | 0) !== number) continue;
      const state = raw.compareExchange(ints, (at >> 2) + RECORD.STATE, STATE.WAITING, STATE.TAKEN);
      if (state === STATE.WAITING) return this.#read(at);
      raw.store(ints, (at >> 2) + RECORD.STATE, STATE.FREE);
    }
  }

  /** From now on until {@link endSeeking} it will look before it sleeps. */
  beginSeeking(): void {
    raw.add(this.#view.cells, CHANNEL.SEEKERS, 1);
  }

  /** Whether or not it has taken something: what is left is for others, of which one may have to be woken. */
  endSeeking(): void {
    const { cells } = this.#view;
    raw.sub(cells, CHANNEL.SEEKERS, 1);
    if (!this.isEmpty) wakeOne(cells);
  }

  /**
   * Blocks a seeker until there may be something to take, at most `limit` milliseconds.
   * @param number its own, from 0
   */
  sleep(number: number, limit: number): void {
    const { cells } = this.#view;
    const bed = FIRST_BED + number;
    raw.store(cells, bed, 1);
    raw.sub(cells, CHANNEL.SEEKERS, 1);
    if (this.isEmpty && !this.isClosed) raw.wait(cells, bed, 1, limit);
    raw.add(cells, CHANNEL.SEEKERS, 1);
    raw.store(cells, bed, 0);
  }

  #placeOf(number: number): number {
    const { cells } = this.#view;
    const tickets = raw.load(cells, CHANNEL.TICKETS) * 8;
    const capacity = this.#view.ints(tickets + 8)[tickets >> 2] as number;
    const end = tickets + 8 + capacity * 4;
    return (this.#view.ints(end)[(tickets >> 2) + 2 + (number & (capacity - 1))] as number) * 8;
  }

  /** Copies it out: its place is free then. */
  #read(at: number): TakenRecord {
    const word = at >> 2;
    const length = this.#view.ints(at + RECORD_BYTES)[word + RECORD.LENGTH] as number;
    const end = at + RECORD_BYTES + length;
    const ints = this.#view.ints(end + 8);
    const buffers = ints[word + RECORD.BUFFERS] as number;
    const first = (at + RECORD_BYTES + padded(length)) >> 2;
    const record = {
      task: ints[word + RECORD.TASK] as number,
      code: ints[word + RECORD.CODE] as number,
      object: ints[word + RECORD.OBJECT] as number,
      first: ints[word + RECORD.FIRST] as number,
      buffers: buffers === 0 ? noBuffers : [...ints.subarray(first, first + buffers)],
      bytes: this.#view.bytes(end).slice(at + RECORD_BYTES, end),
    };
    raw.store(ints, word + RECORD.STATE, STATE.FREE);
    return record;
  }
}
