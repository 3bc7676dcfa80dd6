/**
 * Records that one thread hands to others in order, in shared memory that grows. One thread pushes; any number take. There
 * is no lock that a dying thread could keep: a record belongs to whoever raised TAKEN past its number.
 *
 * The memory: words; then, as they are needed, *tickets* (where the records lie, in the order of their numbers) and
 * *regions* of records, of which the newest is a ring. Older ones are left to those who still read them: each is twice as
 * large as the one before, so all of them together are no larger than the newest.
 */
import { wakeAsync } from '../waiting/asyncWait.js';
import { growTo, newGrowableMemory } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import { raw } from '../recording.js';

const WORD = {
  /** How many records were ever pushed, and taken. */
  PUSHED: 0,
  TAKEN: 1,
  /** Where the tickets begin, in units of 8 bytes; their number stands in front of them. */
  TICKETS: 2,
  CLOSED: 3,
  /** How many beds there are. */
  BEDS: 4,
  /** Rung for those that wait in their event loop. */
  ASYNC: 6,
  /** Takers that are awake and look once more before they sleep: nobody has to be woken then. */
  SEEKERS: 7,
  /** Of a worker's results: the task that it runs, 0: none. Nothing to the channel itself. */
  CURRENT_TASK: 8,
  /** Of a worker's results: 1 while it is among the seekers of the tasks. */
  IS_SEEKING: 9,
} as const;

export const CHANNEL_ASYNC_WORD = WORD.ASYNC;
export const CURRENT_TASK = WORD.CURRENT_TASK;
export const IS_SEEKING = WORD.IS_SEEKING;

const padded = (bytes: number): number => (bytes + 7) & ~7;

const CHANNEL_HEADER_BYTES = 64;
/** A word for each taker that may sleep, behind the others: 1 while it does. */
const FIRST_BED = CHANNEL_HEADER_BYTES / 4;
const FIRST_TICKETS = 64;
const FIRST_REGION = 4096;

/** Words of a record; what it carries stands behind them. */
const RECORD = { STATE: 0, SIZE: 1, TASK: 2, CODE: 3, OBJECT: 4, LENGTH: 5, BUFFERS: 6, FIRST: 7 } as const;
const RECORD_BYTES = 32;

const STATE = { WAITING: 0, TAKEN: 1, CANCELLED: 2, FREE: 3 } as const;

/** What a record says beside its bytes. */
export interface RecordHead {
  readonly task: number;
  readonly code: number;
  /** The id that a recorder knows the task by. */
  readonly object: number;
  /** Numbers of the shared buffers that go with it. */
  readonly buffers: readonly number[];
  /** By which number the bytes know the first of them. */
  readonly first: number;
}

export interface TakenRecord extends RecordHead {
  readonly bytes: Uint8Array;
}

/** Where a record lies, and which one it is. */
export interface PushedRecord {
  readonly at: number;
  readonly number: number;
}

/** @param takers how many may sleep in it */
export function newChannelMemory(takers: number): SharedArrayBuffer {
  const memory = newGrowableMemory(padded(CHANNEL_HEADER_BYTES + takers * 4));
  new Int32Array(memory)[WORD.BEDS] = takers;
  return memory;
}

/** Wakes one: the first, so that it is the same again and again, whose caches are warm. */
function wakeOne(cells: Int32Array): void {
  wakeAsync(cells, WORD.ASYNC);
  if (raw.load(cells, WORD.SEEKERS) > 0) return;
  for (let bed = FIRST_BED; bed < cells.length; bed++) if (wake(cells, bed)) return;
}

function wake(cells: Int32Array, bed: number): boolean {
  if (raw.load(cells, bed) === 0 || raw.compareExchange(cells, bed, 1, 0) === 0) return false;
  raw.notify(cells, bed);
  return true;
}

const noBuffers: readonly number[] = [];

/** What both ends have: the memory, as far as it has grown. */
class ChannelView {
  readonly cells: Int32Array;
  #ints: Int32Array;
  #bytes: Uint8Array;

  constructor(readonly memory: SharedArrayBuffer) {
    const beds = new Int32Array(memory, 0, FIRST_BED)[WORD.BEDS] as number;
    this.cells = new Int32Array(memory, 0, FIRST_BED + beds);
    this.#ints = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.#bytes = new Uint8Array(memory, 0, memory.byteLength);
  }

  /** Words up to `end` bytes at least. (A view that tracks the length by itself is several times as slow.) */
  ints(end: number): Int32Array {
    if (this.#ints.length * 4 < end) this.#ints = new Int32Array(this.memory, 0, this.memory.byteLength >> 2);
    return this.#ints;
  }

  bytes(end: number): Uint8Array {
    if (this.#bytes.length < end) this.#bytes = new Uint8Array(this.memory, 0, this.memory.byteLength);
    return this.#bytes;
  }
}

/** The end that pushes: one for each channel. */
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
    if (((this.#pushed - raw.load(cells, WORD.TAKEN)) | 0) >= this.#capacity) this.#moreTickets();
    this.#view.ints(this.#tickets)[(this.#tickets >> 2) + 2 + (this.#pushed & (this.#capacity - 1))] = at >> 3;
    const number = this.#pushed;
    this.#pushed = (number + 1) | 0;
    raw.store(cells, WORD.PUSHED, this.#pushed);
    return { at, number };
  }

  /** Wakes one of those that sleep for want of a record, and those that wait for one in their event loop. */
  ring(): void {
    wakeOne(this.#view.cells);
  }

  /** Nothing more is pushed: whoever takes gets what is left, and then nothing. */
  close(): void {
    const { cells } = this.#view;
    raw.store(cells, WORD.CLOSED, 1);
    for (let bed = FIRST_BED; bed < cells.length; bed++) wake(cells, bed);
    wakeAsync(cells, WORD.ASYNC);
  }

  /** A taker has died. */
  forgetTaker(number: number, wasSeeking: boolean): void {
    const { cells } = this.#view;
    raw.store(cells, FIRST_BED + number, 0);
    if (wasSeeking) raw.sub(cells, WORD.SEEKERS, 1);
  }

  /** True when nobody has taken the record, and nobody will. */
  cancel({ at, number }: PushedRecord): boolean {
    // Once it is taken, its place may hold another one. Only this thread puts another one there.
    if (((number - raw.load(this.#view.cells, WORD.TAKEN)) | 0) < 0) return false;
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
    raw.store(cells, WORD.TICKETS, at >> 3);
  }

  /** Where the new bytes begin. */
  #grow(bytes: number): number {
    const { memory } = this.#view;
    const at = memory.byteLength;
    growTo(memory, at + bytes, this.#who);
    return at;
  }
}

/** An end that takes. */
export class ChannelReceiver {
  readonly #view: ChannelView;

  constructor(memory: SharedArrayBuffer) {
    this.#view = new ChannelView(memory);
  }

  get cells(): Int32Array {
    return this.#view.cells;
  }

  get isClosed(): boolean {
    return raw.load(this.#view.cells, WORD.CLOSED) === 1;
  }

  get isEmpty(): boolean {
    const { cells } = this.#view;
    return raw.load(cells, WORD.PUSHED) === raw.load(cells, WORD.TAKEN);
  }

  /**
   * The oldest record; undefined when there is none just now.
   * @param announce called with the task of the record that is about to be taken, perhaps in vain
   */
  take(announce?: (task: number) => void): TakenRecord | undefined {
    const { cells } = this.#view;
    for (;;) {
      const number = raw.load(cells, WORD.TAKEN);
      if (number === raw.load(cells, WORD.PUSHED)) return undefined;
      const at = this.#placeOf(number);
      const ints = this.#view.ints(at + RECORD_BYTES);
      announce?.(ints[(at >> 2) + RECORD.TASK] as number);
      // What was read before may be wrong by now; then somebody else has taken it.
      if (raw.compareExchange(cells, WORD.TAKEN, number, (number + 1) | 0) !== number) continue;
      const state = raw.compareExchange(ints, (at >> 2) + RECORD.STATE, STATE.WAITING, STATE.TAKEN);
      if (state === STATE.WAITING) return this.#read(at);
      raw.store(ints, (at >> 2) + RECORD.STATE, STATE.FREE);
    }
  }

  /** From now on until {@link endSeeking} it will look before it sleeps. */
  beginSeeking(): void {
    raw.add(this.#view.cells, WORD.SEEKERS, 1);
  }

  /** Whether or not it has taken something: what is left is for others, of which one may have to be woken. */
  endSeeking(): void {
    const { cells } = this.#view;
    raw.sub(cells, WORD.SEEKERS, 1);
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
    raw.sub(cells, WORD.SEEKERS, 1);
    if (this.isEmpty && !this.isClosed) raw.wait(cells, bed, 1, limit);
    raw.add(cells, WORD.SEEKERS, 1);
    raw.store(cells, bed, 0);
  }

  #placeOf(number: number): number {
    const { cells } = this.#view;
    const tickets = raw.load(cells, WORD.TICKETS) * 8;
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
