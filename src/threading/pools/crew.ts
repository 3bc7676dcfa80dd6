/** The workers of an executor, as the thread that owns it sees them. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { ownBell, ringOwnBell } from './completions.js';
import type { LineMessage, PoolStart } from './poolStart.js';
import { raw } from '../recording.js';
import { ChannelReceiver, type TakenRecord } from './channelReceiver.js';
import { CHANNEL, newChannelMemory } from './taskChannel.js';
import { poolThread, type Thread } from '../threads/thread.js';
import { declareLost } from '../threads/threadDeath.js';
import type { ThreadTarget } from '../threads/threadTarget.js';
import { isCut, newLine } from '../threads/threadWorker.js';

export interface CrewOptions {
  readonly namePrefix: string;
  readonly tasks: SharedArrayBuffer;
  readonly initializer: ThreadTarget | undefined;
  readonly initArgs: readonly unknown[];
  readonly object: number;
}

interface Member {
  readonly number: number;
  readonly thread: Thread;
  readonly results: ChannelReceiver;
  readonly line: MessagePort;
  /** Buffers of results, until these are read. */
  readonly buffers: Map<number, SharedArrayBuffer>;
  didAnything: boolean;
}

/** A worker that is gone. */
export interface Departure {
  readonly thread: Thread;
  /** The task that it ran, 0: none. */
  readonly task: number;
  /** It has run a task before. */
  readonly didAnything: boolean;
  /** Its number among the takers of tasks, from 0; and whether it was awake and looked for one. */
  readonly number: number;
  readonly wasSeeking: boolean;
}

const noBuffers: readonly SharedArrayBuffer[] = [];
const nobody: readonly Departure[] = [];

export class Crew {
  readonly #options: CrewOptions;
  readonly #members = new Set<Member>();
  #started = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  /** The one that has been there longest. */
  get first(): Thread | undefined {
    const [member] = this.#members;
    return member?.thread;
  }

  /** @param first the module of a task: the worker finds the library through it. @param told what others were told before */
  start(first: ThreadTarget, told: readonly LineMessage[]): void {
    const { namePrefix, tasks, initializer, initArgs, object } = this.#options;
    const { port1, port2 } = newLine();
    const results = newChannelMemory(0);
    const number = this.#freeNumber();
    const pool: PoolStart = {
      number,
      tasks,
      results,
      bell: ownBell(),
      line: port2,
      told,
      initializer,
      initArgs: [...initArgs],
      object,
    };
    const thread = poolThread(first, `${namePrefix}_${this.#started}`, pool, ringOwnBell);
    thread.start();
    this.#started += 1;
    const member: Member = {
      number,
      thread,
      results: new ChannelReceiver(results),
      line: port1,
      buffers: new Map(),
      didAnything: false,
    };
    this.#members.add(member);
  }

  #freeNumber(): number {
    const taken = new Set([...this.#members].map(({ number }) => number));
    let number = 0;
    while (taken.has(number)) number++;
    return number;
  }

  tell(message: LineMessage): void {
    for (const { line } of this.#members) line.postMessage(message);
  }

  /** Takes everything that was published. Gives the workers that are gone, and forgets them. */
  collect(take: (record: TakenRecord, buffers: readonly SharedArrayBuffer[]) => void): readonly Departure[] {
    let departures: Departure[] | undefined;
    for (const member of this.#members) {
      const isGone = !member.thread.isAlive();
      for (let record = member.results.take(); record !== undefined; record = member.results.take()) {
        member.didAnything = true;
        take(record, record.buffers.length === 0 ? noBuffers : takeBuffers(member, record.buffers));
      }
      if (!isGone) continue;
      this.#members.delete(member);
      member.line.close();
      const { thread, results, didAnything } = member;
      const task = raw.load(results.cells, CHANNEL.CURRENT_TASK);
      const wasSeeking = raw.load(results.cells, CHANNEL.IS_SEEKING) === 1;
      (departures ??= []).push({ thread, task, didAnything, number: member.number, wasSeeking });
    }
    return departures ?? nobody;
  }

  isRunning(task: number): boolean {
    for (const { results } of this.#members) if (raw.load(results.cells, CHANNEL.CURRENT_TASK) === task) return true;
    return false;
  }

  /** A worker that ran out of memory has told nobody, and its `exit` event waits for the event loop. */
  findLost(): void {
    for (const { thread, line } of this.#members) {
      if (thread.isAlive() && isCut(line)) declareLost(thread.threadlanes);
    }
  }
}

function takeBuffers({ line, buffers }: Member, numbers: readonly number[]): SharedArrayBuffer[] {
  for (;;) {
    const received = receiveMessageOnPort(line) as { message: LineMessage } | undefined;
    if (received === undefined) break;
    if (received.message.kind === 'buffer') buffers.set(received.message.number, received.message.buffer);
  }
  return numbers.map((number) => {
    const buffer = buffers.get(number) as SharedArrayBuffer;
    buffers.delete(number);
    return buffer;
  });
}
