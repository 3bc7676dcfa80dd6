import { nanos, type Nanos } from '../base/brand.js';
import type { Dictionary } from '../trace/dictionary.js';
import type { EventBatch } from '../trace/eventBatch.js';
import type { MarkerRecord, ObjectRecord, ThreadRecord } from '../trace/records.js';
import { Audience } from './audience.js';
import { Broadcasts } from './broadcasts.js';
import { takeEvent } from './eventStep.js';
import { Inference } from './inference/inference.js';
import type { ModelListener, Transfer, Wait } from './intervals.js';
import type { Nesting } from './lockRequests.js';
import { isUnplacedWord, ObjectModel } from './objectModel.js';
import { portOf } from './portSteps.js';
import type { EventCursor } from './step.js';
import { lose } from './threadSteps.js';
import { ThreadModel } from './threadModel.js';
import type { ThreadState } from './threadState.js';

type DeadlockMarker = MarkerRecord & { readonly kind: 'deadlock' };
type EndMarker = MarkerRecord & { readonly kind: 'end' };
type DropMarker = MarkerRecord & { readonly kind: 'drop' };

const total = (drops: readonly DropMarker[]): number => drops.reduce((sum, { count }) => sum + count, 0);

/**
 * What a trace's events mean, read in one pass: which thread is in what state, waits for what, holds what. It believes
 * what it reads as little as it can: a trace may begin in the middle, lose events, and have them in a wrong order.
 */
export class Model {
  readonly threads = new Map<number, ThreadModel>();
  readonly objects = new Map<number, ObjectModel>();
  /** Up to when the trace is known. */
  now: Nanos = nanos(0);
  eventCount = 0;
  /** Effects that were read before their causes: how far the order of the trace can be trusted. */
  inversions = 0;
  end: EndMarker | null = null;
  /** By the stacks of two requests for Web Locks, the second made inside the callback of the first. */
  readonly nestings = new Map<string, Nesting>();
  /** What the watchdog saw while the program ran. */
  readonly deadlockMarkers: DeadlockMarker[] = [];
  /** Who sends and receives on broadcast channels. */
  readonly broadcasts = new Broadcasts();
  /** How often it was looked for what can be forgotten. */
  age = 0;
  /** Threads that use words of shared buffers of which nobody knows which they are. */
  readonly unplacedWordUsers = new Set<number>();
  /** Sentences of the recorder about itself. */
  readonly recorderErrors: string[] = [];

  readonly audience: Audience;
  /** What the program builds of words of shared memory. */
  readonly inference: Inference;
  private readonly cursor: EventCursor;
  private lastThread: ThreadModel;
  private lastObject: ObjectModel;
  /** What the recorder said it could not keep. */
  readonly drops: DropMarker[] = [];

  constructor(
    readonly dictionary: Dictionary,
    listeners: readonly ModelListener[] = [],
  ) {
    this.audience = new Audience(listeners);
    this.inference = new Inference(dictionary, this.audience);
    this.lastThread = new ThreadModel(-1, this.now);
    this.lastObject = new ObjectModel(-1);
    const thread = this.lastThread;
    const none = { object: 0, stack: -1, sampled: false, arg: NaN, extra: 0, ended: null };
    this.cursor = { t: this.now, op: 0, thread, ...none };
  }

  /** Events that the recorder could not keep. */
  get dropped(): number {
    let inEvents = 0;
    for (const { dropped } of this.threads.values()) inEvents += dropped;
    return Math.max(inEvents, total(this.drops));
  }

  /** Events of the thread that were dropped in a stretch of time, its ends included. */
  droppedIn(thread: number, start: number, end: number): number {
    return total(this.drops.filter((drop) => drop.thread === thread && drop.t >= start && drop.t <= end));
  }

  events(batch: EventBatch): void {
    const { cursor } = this;
    for (let i = 0; i < batch.length; i++) {
      const t = batch.t[i] as Nanos;
      if (t < this.now) this.inversions += 1;
      else this.now = t;
      const op = batch.op[i] as number;
      const thread = this.threadOf(batch.thread[i] as number, t);
      cursor.t = t;
      cursor.op = op;
      cursor.thread = thread;
      cursor.object = batch.object[i] as number;
      cursor.stack = batch.stack[i] as number;
      cursor.sampled = batch.sampled[i] === 1;
      cursor.arg = batch.arg[i] as number;
      cursor.extra = batch.extra[i] as number;
      takeEvent(this, cursor);
    }
    this.eventCount += batch.length;
  }

  marker(marker: MarkerRecord): void {
    if (marker.t > this.now) this.now = marker.t;
    switch (marker.kind) {
      case 'deadlock':
        this.deadlockMarkers.push(marker);
        return;
      case 'drop':
        this.drops.push(marker);
        lose(this, this.threadOf(marker.thread, marker.t), marker.t, 0);
        return;
      case 'recorderError':
        this.recorderErrors.push(marker.message);
        return;
      case 'end':
        this.end = marker;
        return;
      case 'complete':
      case 'full':
        return;
    }
  }

  /** A thread's definition; again when its name became known. */
  thread(record: ThreadRecord): void {
    const thread = this.threadOf(record.id, record.start);
    thread.record = record;
  }

  /** An object's definition; again when more or less of it is known: a port that is on its way belongs to nobody. */
  object(record: ObjectRecord): void {
    const object = this.objectOf(record.id);
    object.record = record;
    if (record.kind === 'port') {
      const port = portOf(object);
      port.from = record.from ?? -1;
      port.to = record.to ?? -1;
    }
    if (isUnplacedWord(record)) this.unplacedWordUsers.add(record.thread);
  }

  threadOf(id: number, t: Nanos): ThreadModel {
    if (this.lastThread.id === id) return this.lastThread;
    let thread = this.threads.get(id);
    if (thread === undefined) this.threads.set(id, (thread = new ThreadModel(id, t)));
    return (this.lastThread = thread);
  }

  /** For one that ended and that nothing refers to. */
  forgetThread(id: number): void {
    this.threads.delete(id);
    this.inference.forgetThread(id);
    this.unplacedWordUsers.delete(id);
    this.dictionary.threads.delete(id);
    if (this.lastThread.id === id) this.lastThread = new ThreadModel(-1, this.now);
  }

  /** For one that nobody uses. */
  forgetObject(id: number): void {
    this.objects.delete(id);
    this.inference.forget(id);
    this.dictionary.objects.delete(id);
    if (this.lastObject.id === id) this.lastObject = new ObjectModel(-1);
  }

  /** What is spoken of from here on is younger than the rest. */
  growOlder(): void {
    this.age += 1;
    this.lastObject = new ObjectModel(-1);
  }

  objectOf(id: number): ObjectModel {
    if (this.lastObject.id === id) return this.lastObject;
    let object = this.objects.get(id);
    if (object === undefined) this.objects.set(id, (object = new ObjectModel(id)));
    object.age = this.age;
    return (this.lastObject = object);
  }

  /** The thread changes its state; the one before is told. */
  enter(thread: ThreadModel, state: ThreadState, t: Nanos, wait: Wait | null = null): void {
    if (thread.state === state && wait === null) return;
    this.audience.state(thread, t, wait);
    thread.state = state;
    thread.stateSince = t > thread.stateSince ? t : thread.stateSince;
  }

  transfer(
    kind: Transfer['kind'],
    object: number,
    fromThread: number,
    fromTime: Nanos,
    fromStack: number,
    { thread, t }: EventCursor,
  ): void {
    if (t < fromTime) this.inversions += 1;
    if (fromThread === thread.id || !this.audience.hearsTransfers) return;
    this.audience.transfer({ kind, object, fromThread, fromTime, fromStack, toThread: thread.id, toTime: t });
  }
}
