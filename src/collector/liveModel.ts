/**
 * The model of the running program. The file never waits for it: it takes a part of the time, and lets the rest lie. What
 * has become too much it does not keep; it reads it from the file when the program is calmer, as one that hangs is.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Nanos } from '../base/brand.js';
import { feed } from '../model/feed.js';
import { Forgetting } from '../model/forget.js';
import { Model } from '../model/model.js';
import { snapshotEvents } from '../model/snapshot.js';
import { SourceNaming } from '../sources/sourceNaming.js';
import { Dictionary } from '../trace/dictionary.js';
import type { EventBatch, EventColumns } from '../trace/eventBatch.js';
import type { MarkerRecord, ObjectRecord, ThreadRecord } from '../trace/records.js';
import { Backlog } from './backlog.js';
import { FileFollower } from './fileFollower.js';

/** Of the collector's time, at most this share goes into the model while events come without pause. */
const TIME_SHARE = 0.2;
const LEAST_MS = 2;
/** Events that lie and wait for the model: 40 MB. */
const MOST_WAITING = 1 << 20;

export interface LiveModelOptions {
  /** The folder that paths of the trace are relative to. */
  readonly root: string;
  /** The file that it may read again; null: there is none that can be read. */
  readonly file: string | null;
  /** Snapshots will be asked for, so nothing may be left out. */
  readonly isComplete: boolean;
  /** Nobody has used these objects for long, or can. */
  readonly onForgotten: (objects: readonly number[], isInUse: (object: number) => boolean) => void;
}

/** Who is told how it fares. */
interface LiveModelListener {
  /** From here on it reads from the file. */
  behind(): void;
  /** It can go no further. */
  failed(error: unknown): void;
}

/** What is known of the program. */
interface Knowledge {
  readonly model: Model;
  readonly forgetting: Forgetting;
  readonly naming: SourceNaming;
  readonly feed: ReturnType<typeof feed>;
}

export class LiveModel {
  readonly #dictionary: Dictionary;
  readonly #options: LiveModelOptions;
  readonly #listener: LiveModelListener;
  #known: Knowledge;
  readonly #backlog = new Backlog();
  #follower: FileFollower | null = null;
  #workedAt = performance.now();

  /** @param dictionary of the whole run */
  constructor(dictionary: Dictionary, options: LiveModelOptions, listener: LiveModelListener) {
    this.#dictionary = dictionary;
    this.#options = options;
    this.#listener = listener;
    this.#known = this.#knowledge(dictionary);
  }

  get model(): Model {
    return this.#known.model;
  }

  get naming(): SourceNaming {
    return this.#known.naming;
  }

  /** A thread that is in the dictionary now. What it reads from the file defines its threads by itself. */
  thread(record: ThreadRecord): void {
    if (this.#follower === null) this.#known.model.thread(record);
  }

  /** The same of an object. */
  object(record: ObjectRecord): void {
    if (this.#follower === null) this.#known.model.object(record);
  }

  /** The model has all that it could have. */
  get isUpToDate(): boolean {
    return this.#follower === null ? this.#backlog.isGiven : this.#follower.isUpToDate;
  }

  take(batch: EventBatch): void {
    if (this.#follower !== null) this.#follower.grew(batch.length);
    else this.#backlog.take(batch);
  }

  marker(marker: MarkerRecord): void {
    if (this.#follower !== null) return;
    if (marker.kind === 'complete') this.#advance(marker.t);
    this.#known.feed.marker(marker);
  }

  /** Gives the model what there is time for. */
  work(mostMs = this.#budget()): void {
    const until = performance.now() + mostMs;
    while (this.#backlog.feed(this.#known.model) && performance.now() < until);
    if (this.#backlog.isGiven) this.#forget();
    this.#workedAt = performance.now();
  }

  /** Once a round. True: it reads from the file, which goes on when the event loop has turned. */
  turn(): boolean {
    this.#follower?.turn();
    return this.#follower !== null;
  }

  /** Events that lead to all that it knows. */
  snapshot(): EventColumns {
    this.work(Infinity);
    const { model } = this.#known;
    const { objects } = this.#dictionary;
    // Both change while the program runs.
    for (const { id, port } of model.objects.values()) {
      const record = port === null ? undefined : objects.get(id);
      if (port === null || record === undefined) continue;
      if (port.from !== (record.from ?? -1) || port.to !== (record.to ?? -1)) {
        objects.set(id, withEnds(record, port.from, port.to));
      }
    }
    const events = snapshotEvents(model);
    this.#backlog.addIncomplete(events);
    return events;
  }

  #knowledge(dictionary: Dictionary): Knowledge {
    const model = new Model(dictionary);
    const naming = this.#naming(dictionary);
    return { model, forgetting: new Forgetting(model), naming, feed: feed(dictionary, model) };
  }

  #naming(dictionary: Dictionary): SourceNaming {
    return new SourceNaming(dictionary, (path) => {
      try {
        return readFileSync(resolve(this.#options.root, path), 'utf8');
      } catch {
        return null;
      }
    });
  }

  #advance(completeTo: Nanos): void {
    this.#backlog.complete(completeTo);
    if (this.#options.isComplete) this.work(Infinity);
    else if (this.#backlog.length > MOST_WAITING) this.#fallBehind();
  }

  #forget(): void {
    const { forgetting, model } = this.#known;
    const forgotten = forgetting.turn();
    // Names of what is forgotten are found anew with the others'.
    if (forgotten.length > 0) this.#known = { ...this.#known, naming: this.#naming(model.dictionary) };
    // One that reads from the file is behind: what it forgets may be in use again.
    if (forgotten.length === 0 || this.#follower !== null) return;
    this.#options.onForgotten(forgotten, (object) => model.objects.has(object));
  }

  /** A share of the time since the last round. */
  #budget(): number {
    return Math.max(LEAST_MS, TIME_SHARE * (performance.now() - this.#workedAt));
  }

  #fallBehind(): void {
    this.#backlog.clear();
    const { file } = this.#options;
    if (file === null) throw new Error('events come faster than they can be looked at');
    const dictionary = new Dictionary();
    this.#known = this.#knowledge(dictionary);
    this.#follower = new FileFollower(file, this.#known.feed, (error) => this.#listener.failed(error));
    this.#listener.behind();
  }
}

/** Less than 0: unknown. */
function withEnds(record: ObjectRecord, from: number, to: number): ObjectRecord {
  const ends = { from, to };
  const known = Object.entries(record).filter(([key]) => !(key in ends));
  return {
    ...(Object.fromEntries(known) as unknown as ObjectRecord),
    ...(from >= 0 && { from }),
    ...(to >= 0 && { to }),
  };
}
