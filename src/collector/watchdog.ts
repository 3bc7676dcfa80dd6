/**
 * Looks at the running program with the model and the liveness that the reports use, so that they cannot disagree: it is
 * fed with what goes into the file, and asked when threads have waited long without a timeout.
 *
 * The file never waits for it: it takes a part of the time, and lets the rest lie. What has become too much it does not
 * keep; it reads it from the file when the program is calmer, as one that hangs is.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Nanos } from '../base/brand.js';
import { stuckFindings } from '../analysis/deadlocks.js';
import type { Finding } from '../analysis/finding.js';
import { STUCK } from '../analysis/thresholds.js';
import { feed } from '../model/feed.js';
import { Forgetting } from '../model/forget.js';
import { Model } from '../model/model.js';
import { snapshotEvents, snapshotMarkers } from '../model/snapshot.js';
import { formatFinding } from '../report/text.js';
import { SourceNaming } from '../sources/sourceNaming.js';
import { Dictionary } from '../trace/dictionary.js';
import type { Snapshot } from '../trace/encode.js';
import { EventColumns, type EventBatch } from '../trace/eventBatch.js';
import type { ObjectRecord } from '../trace/records.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { Backlog } from './backlog.js';
import { FileFollower } from './fileFollower.js';

/** How often a stuck program is looked at, at first; then ever more rarely while nothing happens. */
const FIRST_PAUSE_NS = 250e6;
const LAST_PAUSE_NS = 8000e6;

/** Of the collector's time, at most this share goes into the model while events come without pause. */
const TIME_SHARE = 0.2;
const LEAST_MS = 2;
/** Events that lie and wait for the model: 40 MB. */
const MOST_WAITING = 1 << 20;

/** Something to say about the running program. */
export interface Alarm {
  readonly text: string;
  /** The threads of a certain deadlock; null when it is only likely. */
  readonly threads: readonly number[] | null;
}

export interface WatchdogOptions {
  /** The folder that paths of the trace are relative to. */
  readonly root: string;
  /** The file that it may read again; null: there is none that can be read. */
  readonly file: string | null;
  /** Snapshots will be asked for, so nothing may be left out. */
  readonly isComplete: boolean;
  /** Nobody has used these objects for long, or can. */
  readonly onForgotten: (objects: readonly number[], isInUse: (object: number) => boolean) => void;
}

/** What is known of the program. */
interface Knowledge {
  readonly model: Model;
  readonly forgetting: Forgetting;
  readonly naming: SourceNaming;
  readonly feed: ReturnType<typeof feed>;
}

export class Watchdog {
  /** All definitions of the run. */
  readonly dictionary = new Dictionary();
  readonly #options: WatchdogOptions;
  #known: Knowledge;
  readonly #backlog = new Backlog();
  readonly #told = new Set<string>();
  #follower: FileFollower | null = null;
  #pauseNs = FIRST_PAUSE_NS;
  #lookedAt = -Infinity;
  #seenEvents = -1;
  #workedAt = performance.now();
  #failure: unknown = null;
  /** The failure has been told. */
  #isResting = false;
  readonly #news: string[] = [];

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#known = this.#knowledge(this.dictionary);
  }

  /** Takes everything that is written, in the same order. Never throws. */
  readonly visitor: Required<Omit<TraceVisitor, 'damage'>> = {
    header: (header) => this.#guard(() => this.#known.feed.header(header)),
    thread: (record) => this.#guard(() => this.#known.feed.thread(record)),
    object: (record) => this.#guard(() => this.#known.feed.object(record)),
    file: (record, index) => this.dictionary.file(record, index),
    site: (record, index) => this.dictionary.site(record, index),
    stack: (record, index) => this.dictionary.stack(record, index),
    string: (text, index) => this.dictionary.string(text, index),
    events: (batch) => this.#guard(() => this.#take(batch)),
    marker: (marker) =>
      this.#guard(() => {
        if (this.#follower !== null) return;
        if (marker.kind === 'complete') this.#advance(marker.t);
        this.#known.feed.marker(marker);
      }),
  };

  /**
   * What there is to say. Never throws.
   * @param now up to when everything is known
   */
  look(now: Nanos): readonly Alarm[] {
    if (this.#isResting) return [];
    this.#guard(() => this.#work());
    const alarms = this.#news.splice(0).map((text): Alarm => ({ text, threads: null }));
    this.#guard(() => {
      if (this.#isUpToDate && this.#isDue(now)) alarms.push(...this.#alarms(now));
    });
    if (this.#failure !== null) {
      this.#isResting = true;
      const text = `threadlanes: no watching for deadlocks any more: ${this.#failure instanceof Error ? this.#failure.message : 'it failed'}\n`;
      alarms.push({ text, threads: null });
    }
    return alarms;
  }

  /**
   * Once a round. True: it has fallen behind and reads from the file, which goes on when the event loop has turned.
   */
  turn(): boolean {
    if (this.#follower === null || this.#isResting) return false;
    this.#follower.turn();
    return true;
  }

  /** What a segment has to start with. */
  snapshot(): Snapshot {
    const { model } = this.#known;
    const { dictionary } = this;
    let events = new EventColumns();
    this.#guard(() => {
      this.#work(Infinity);
      // Both change while the program runs.
      for (const { id, port } of model.objects.values()) {
        const record = port === null ? undefined : dictionary.objects.get(id);
        if (port === null || record === undefined) continue;
        if (port.from !== (record.from ?? -1) || port.to !== (record.to ?? -1)) {
          dictionary.objects.set(id, withEnds(record, port.from, port.to));
        }
      }
      events = snapshotEvents(model);
      this.#backlog.addIncomplete(events);
    });
    const living = [...dictionary.threads.keys()].filter((id) => model.threads.get(id)?.isEnded !== true);
    return { events, markers: snapshotMarkers(model), threads: living };
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

  #take(batch: EventBatch): void {
    if (this.#follower !== null) return this.#follower.grew(batch.length);
    this.#backlog.take(batch);
  }

  #advance(completeTo: Nanos): void {
    this.#backlog.complete(completeTo);
    if (this.#options.isComplete) this.#work(Infinity);
    else if (this.#backlog.length > MOST_WAITING) this.#fallBehind();
  }

  /** Gives the model what there is time for. */
  #work(mostMs = this.#budget()): void {
    const until = performance.now() + mostMs;
    while (this.#backlog.feed(this.#known.model) && performance.now() < until);
    if (this.#backlog.isGiven) this.#forget();
    this.#workedAt = performance.now();
  }

  #forget(): void {
    const { forgetting, model } = this.#known;
    const forgotten = forgetting.turn();
    // Names of what is forgotten are found anew with the others'.
    if (forgotten.length > 0) this.#known = { ...this.#known, naming: this.#naming(model.dictionary) };
    // One that reads from the file knows of objects long before it knows of their use.
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
    this.#follower = new FileFollower(file, this.#known.feed, (error) => (this.#failure ??= error));
    this.#news.push(
      'threadlanes: events come faster than they can be looked at: deadlocks will be seen when the program is calmer\n',
    );
  }

  get #isUpToDate(): boolean {
    return this.#follower === null ? this.#backlog.isGiven : this.#follower.isUpToDate;
  }

  #isDue(now: Nanos): boolean {
    const { model } = this.#known;
    if (now - model.oldestEndlessWait() < STUCK.deadLiveNs) return false;
    const isNew = model.eventCount !== this.#seenEvents;
    if (isNew) this.#pauseNs = FIRST_PAUSE_NS;
    if (now - this.#lookedAt < this.#pauseNs) return false;
    if (!isNew) this.#pauseNs = Math.min(this.#pauseNs * 2, LAST_PAUSE_NS);
    this.#seenEvents = model.eventCount;
    this.#lookedAt = now;
    return true;
  }

  #alarms(now: Nanos): Alarm[] {
    const { model, naming } = this.#known;
    const alarms: Alarm[] = [];
    for (const finding of stuckFindings(model, naming, now, { minAgeNs: STUCK.deadLiveNs })) {
      if (this.#told.has(finding.fingerprint) || !isWorthTelling(finding, now)) continue;
      this.#told.add(finding.fingerprint);
      const threads = finding.grade === 'certain' ? finding.threads.map(({ id }) => id) : null;
      alarms.push({ text: `threadlanes: ${formatFinding(finding)}\n`, threads });
    }
    return alarms;
  }

  #guard(piece: () => void): void {
    if (this.#failure !== null) return;
    try {
      piece();
    } catch (error) {
      this.#failure = error;
    }
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

function isWorthTelling({ severity, grade, startMs }: Finding, now: Nanos): boolean {
  if (severity !== 'error') return false;
  return grade === 'certain' || (grade === 'likely' && now - startMs * 1e6 >= STUCK.likelyLiveNs);
}
