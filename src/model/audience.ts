import type { Nanos } from '../base/brand.js';
import type { Hold, ModelListener, QueueDeed, TaskDeed, Transfer, Wait, WordUse } from './intervals.js';
import type { EventCursor } from './step.js';
import type { Deed, ThreadModel } from './threadModel.js';

const deedOf = ({ thread, stack, t, sampled }: EventCursor): Deed => ({ thread: thread.id, stack, t, sampled });

/** Those who are told what the model finds out, each only of what it asks for. */
export class Audience {
  private readonly ofStates: readonly ModelListener[];
  private readonly ofWaits: readonly ModelListener[];
  private readonly ofAttempts: readonly ModelListener[];
  private readonly ofAcquired: readonly ModelListener[];
  private readonly ofHolds: readonly ModelListener[];
  private readonly ofWordLocks: readonly ModelListener[];
  private readonly ofTransfers: readonly ModelListener[];
  private readonly ofWords: readonly ModelListener[];
  private readonly ofMeetings: readonly ModelListener[];
  private readonly ofTasks: readonly ModelListener[];
  private readonly ofQueues: readonly ModelListener[];

  constructor(listeners: readonly ModelListener[]) {
    const having = (name: keyof ModelListener): ModelListener[] => listeners.filter((listener) => name in listener);
    this.ofStates = having('state');
    this.ofWaits = having('wait');
    this.ofAttempts = having('attempt');
    this.ofAcquired = having('acquired');
    this.ofHolds = having('hold');
    this.ofWordLocks = listeners.filter((listener) => 'wordTaken' in listener || 'wordGivenBack' in listener);
    this.ofTransfers = having('transfer');
    this.ofWords = having('word');
    this.ofMeetings = having('met');
    this.ofTasks = having('task');
    this.ofQueues = having('queue');
  }

  get hearsTransfers(): boolean {
    return this.ofTransfers.length > 0;
  }

  /** The state that the thread is in ends, or has come as far as this. */
  state(thread: ThreadModel, end: Nanos, wait: Wait | null): void {
    if (this.ofStates.length === 0 || end <= thread.stateSince) return;
    const interval = { thread: thread.id, state: thread.shownState, start: thread.stateSince, end, wait };
    for (const listener of this.ofStates) listener.state?.(interval);
  }

  wait(wait: Wait): void {
    for (const listener of this.ofWaits) listener.wait?.(wait);
  }

  attempt(wait: Wait): void {
    for (const listener of this.ofAttempts) listener.attempt?.(wait);
  }

  acquired(hold: Hold, held: readonly Hold[]): void {
    for (const listener of this.ofAcquired) listener.acquired?.(hold, held);
  }

  hold(hold: Hold): void {
    for (const listener of this.ofHolds) listener.hold?.(hold);
  }

  wordTaken(hold: Hold, held: readonly Hold[]): void {
    for (const listener of this.ofWordLocks) listener.wordTaken?.(hold, held);
  }

  wordGivenBack(hold: Hold): void {
    for (const listener of this.ofWordLocks) listener.wordGivenBack?.(hold);
  }

  transfer(transfer: Transfer): void {
    for (const listener of this.ofTransfers) listener.transfer?.(transfer);
  }

  word(use: WordUse, event: EventCursor, value: number): void {
    if (this.ofWords.length === 0) return;
    const by = deedOf(event);
    for (const listener of this.ofWords) listener.word?.(use, event.object, value, by);
  }

  met(thread: number): void {
    for (const listener of this.ofMeetings) listener.met?.(thread);
  }

  task(deed: TaskDeed, event: EventCursor, error?: string): void {
    if (this.ofTasks.length === 0) return;
    const by = deedOf(event);
    for (const listener of this.ofTasks) listener.task?.(deed, event.object, by, error);
  }

  queue(deed: QueueDeed, event: EventCursor, length: number): void {
    if (this.ofQueues.length === 0) return;
    const by = deedOf(event);
    for (const listener of this.ofQueues) listener.queue?.(deed, event.object, length, by);
  }
}
