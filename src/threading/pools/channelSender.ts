import { growTo, padded } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import { raw } from '../recording.js';
import { wakeAsync } from '../waiting/asyncWait.js';
import {
  CHANNEL,
  ChannelView,
  FIRST_BED,
  RECORD,
  RECORD_BYTES,
  STATE,
  wake,
  wakeOne,
  type RecordHead,
} from './taskChannel.js';

const FIRST_TICKETS = 64;
const FIRST_REGION = 4096;

/** Where a record lies, and which one it is. */
export interface PushedRecord {
  readonly at: number;
  readonly number: number;
}

/** The end of a channel that pushes: one for each. */
export class ChannelSender {
  readonly #view: ChannelView;
  readonly #who: Named;
  #pushed = 0;
  #tickets = 0;
  #capacity = 0;
  /** The ring of records, in bytes: from the oldest that is not free, to where the next one goes. */
  #start = 0;
  #end = 0;
  #oldest = 0;
  #next = 0;
  #isEmpty = true;

  constructor(memory: SharedArrayBuffer, who: Named) {
    this.#view = new ChannelView(memory);
    this.#who = who;
  }

  push(head: RecordHead, bytes: Uint8Array): PushedRecord {
    const { cells } = this.#view;
    const end = RECORD_BYTES + padded(bytes.length);
    const at = this.#allocate(padded(end + head.buffers.length * 4));
    const word = at >> 2;
    const ints = this.#view.ints(at + end + head.buffers.length * 4);
    ints[word + RECORD.TASK] = head.task;
    ints[word + RECORD.CODE] = head.code;
    ints[word + RECORD.OBJECT] = head.object;
    ints[word + RECORD.LENGTH] = bytes.length;
    ints[word + RECORD.BUFFERS] = head.buffers.length;
    ints[word + RECORD.FIRST] = head.first;
    if (head.buffers.length > 0) ints.set(head.buffers, (at + end) >> 2);
    if (bytes.length > 0) this.#view.bytes(at + RECORD_BYTES + bytes.length).set(bytes, at + RECORD_BYTES);
    if (((this.#pushed - raw.load(cells, CHANNEL.TAKEN)) | 0) >= this.#capacity) this.#moreTickets();
    this.#view.ints(this.#tickets)[(this.#tickets >> 2) + 2 + (this.#pushed & (this.#capacity - 1))] = at >> 3;
    const number = this.#pushed;
    this.#pushed = (number + 1) | 0;
    raw.store(cells, CHANNEL.PUSHED, this.#pushed);
    return { at, number };
  }

  /** Wakes one of those that sleep for want of a record, and those that wait for one in their event loop. */
  ring(): void {
    wakeOne(this.#view.cells);
  }

  /** Nothing more is pushed: whoever takes gets what is left, and then nothing. */
  close(): void {
    const { cells } = this.#view;
    raw.store(cells, CHANNEL.CLOSED, 1);
    for (let bed = FIRST_BED; bed < cells.length; bed++) wake(cells, bed);
    wakeAsync(cells, CHANNEL.ASYNC);
  }

  /** A taker has died. */
  forgetTaker(number: number, wasSeeking: boolean): void {
    const { cells } = this.#view;
    raw.store(cells, FIRST_BED + number, 0);
    if (wasSeeking) raw.sub(cells, CHANNEL.SEEKERS, 1);
  }

  /** True when nobody has taken the record, and nobody will. */
  cancel({ at, number }: PushedRecord): boolean {
    // Once it is taken, its place may hold another one. Only this thread puts another one there.
    if (((number - raw.load(this.#view.cells, CHANNEL.TAKEN)) | 0) < 0) return false;
    const ints = this.#view.ints(at + RECORD_BYTES);
    return raw.compareExchange(ints, (at >> 2) + RECORD.STATE, STATE.WAITING, STATE.CANCELLED) === STATE.WAITING;
  }

  #allocate(size: number): number {
    this.#forgetFree();
    const at = this.#place(size) ?? this.#newRegion(size);
    this.#claim(at, size, STATE.WAITING);
    return at;
  }

  /**
   * The oldest records that nobody needs any more. One whose taker died while reading it stays: the ring fills up behind
   * it, and the next region begins without it.
   */
  #forgetFree(): void {
    const ints = this.#view.ints(this.#end);
    while (!this.#isEmpty && raw.load(ints, (this.#oldest >> 2) + RECORD.STATE) === STATE.FREE) {
      this.#oldest += ints[(this.#oldest >> 2) + RECORD.SIZE] as number;
      if (this.#oldest === this.#end) this.#oldest = this.#start;
      if (this.#oldest === this.#next) this.#isEmpty = true;
    }
    if (this.#isEmpty) this.#oldest = this.#next = this.#start;
  }

  #place(size: number): number | undefined {
    const isWrapped = !this.#isEmpty && this.#next <= this.#oldest;
    if (isWrapped) return this.#next + size <= this.#oldest ? this.#next : undefined;
    if (this.#next + size <= this.#end) return this.#next;
    if (this.#start + size > this.#oldest) return undefined;
    // The rest of the ring is too short: a record of nothing.
    this.#claim(this.#next, this.#end - this.#next, STATE.FREE);
    return this.#start;
  }

  #claim(at: number, size: number, state: number): void {
    if (size === 0) return;
    const ints = this.#view.ints(at + size);
    ints[(at >> 2) + RECORD.SIZE] = size;
    raw.store(ints, (at >> 2) + RECORD.STATE, state);
    this.#next = at + size === this.#end ? this.#start : at + size;
    this.#isEmpty = false;
  }

  #newRegion(size: number): number {
    const length = Math.max(FIRST_REGION, (this.#end - this.#start) * 2, padded(size * 2));
    this.#start = this.#grow(length);
    this.#end = this.#start + length;
    this.#oldest = this.#next = this.#start;
    this.#isEmpty = true;
    return this.#start;
  }

  #moreTickets(): void {
    const { cells } = this.#view;
    const before = this.#tickets >> 2;
    const capacity = Math.max(FIRST_TICKETS, this.#capacity * 2);
    const at = this.#grow(8 + capacity * 4);
    const ints = this.#view.ints(at + 8 + capacity * 4);
    ints[at >> 2] = capacity;
    for (let i = this.#pushed - this.#capacity; i !== this.#pushed; i++) {
      ints[(at >> 2) + 2 + (i & (capacity - 1))] = ints[before + 2 + (i & (this.#capacity - 1))] as number;
    }
    this.#tickets = at;
    this.#capacity = capacity;
    raw.store(cells, CHANNEL.TICKETS, at >> 3);
  }

  /** Where the new bytes begin. */
  #grow(bytes: number): number {
    const { memory } = this.#view;
    const at = memory.byteLength;
    growTo(memory, at + bytes, this.#who);
    return at;
  }
}
