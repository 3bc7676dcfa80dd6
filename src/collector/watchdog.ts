/**
 * Looks at the running program with the model and the liveness that the reports use, so that they cannot disagree: it is
 * fed with what goes into the file, and asked when threads have waited long without a timeout.
 */
import type { Nanos } from '../base/brand.js';
import { stuckFindings } from '../analysis/deadlocks.js';
import type { Finding } from '../analysis/finding.js';
import { STUCK } from '../analysis/thresholds.js';
import { snapshotMarkers } from '../model/snapshot.js';
import { oldestEndlessWait } from '../model/unfinished.js';
import { formatFinding } from '../report/text.js';
import { Dictionary } from '../trace/dictionary.js';
import type { Snapshot } from '../trace/encode.js';
import { EventColumns } from '../trace/eventBatch.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { LiveModel, type LiveModelOptions } from './liveModel.js';

/** How often a stuck program is looked at, at first; then ever more rarely while nothing happens. */
const FIRST_PAUSE_NS = 250e6;
const LAST_PAUSE_NS = 8000e6;
/** The longest until a silent event loop is believed: nothing else has to happen for that. */
const SILENT_PAUSE_NS = 1000e6;

/** Something to say about the running program. */
export interface Alarm {
  readonly text: string;
  /** The threads of a certain deadlock; null when it is only likely. */
  readonly threads: readonly number[] | null;
}

export class Watchdog {
  /** All definitions of the run, with or without a watch that goes on. */
  readonly dictionary = new Dictionary();
  readonly #live: LiveModel;
  readonly #told = new Set<string>();
  #pauseNs = FIRST_PAUSE_NS;
  #lookedAt = -Infinity;
  #seenEvents = -1;
  /** When there was something new, as far as was looked. */
  #newAt = -Infinity;
  #failure: unknown = null;
  /** The failure has been told. */
  #isResting = false;
  readonly #news: string[] = [];

  constructor(options: LiveModelOptions) {
    this.#live = new LiveModel(this.dictionary, options, {
      behind: () =>
        this.#news.push(
          'threadlanes: events come faster than they can be looked at: deadlocks will be seen when the program is calmer\n',
        ),
      failed: (error) => (this.#failure ??= error),
    });
  }

  /** Takes everything that is written, in the same order. Never throws. */
  readonly visitor: Required<Omit<TraceVisitor, 'damage'>> = {
    header: (header) => this.dictionary.header(header),
    thread: (record) => {
      this.dictionary.thread(record);
      this.#guard(() => this.#live.thread(record));
    },
    object: (record) => {
      this.dictionary.object(record);
      this.#guard(() => this.#live.object(record));
    },
    file: (record, index) => this.dictionary.file(record, index),
    site: (record, index) => this.dictionary.site(record, index),
    stack: (record, index) => this.dictionary.stack(record, index),
    string: (text, index) => this.dictionary.string(text, index),
    events: (batch) => this.#guard(() => this.#live.take(batch)),
    marker: (marker) => this.#guard(() => this.#live.marker(marker)),
  };

  /**
   * What there is to say. Never throws.
   * @param now up to when everything is known
   */
  look(now: Nanos): readonly Alarm[] {
    if (this.#isResting) return [];
    this.#guard(() => this.#live.work());
    const alarms = this.#news.splice(0).map((text): Alarm => ({ text, threads: null }));
    this.#guard(() => {
      if (this.#live.isUpToDate && this.#isDue(now)) alarms.push(...this.#alarms(now));
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
    return !this.#isResting && this.#live.turn();
  }

  /** What a segment has to start with. */
  snapshot(): Snapshot {
    const { model } = this.#live;
    const living = [...this.dictionary.threads.keys()].filter((id) => model.threads.get(id)?.isEnded !== true);
    let snapshot: Snapshot = { events: new EventColumns(), markers: [], threads: living };
    this.#guard(() => (snapshot = { events: this.#live.snapshot(), markers: snapshotMarkers(model), threads: living }));
    return snapshot;
  }

  #isDue(now: Nanos): boolean {
    const { model } = this.#live;
    if (now - oldestEndlessWait(model) < STUCK.deadLiveNs) return false;
    const isNew = model.eventCount !== this.#seenEvents;
    if (isNew) {
      this.#pauseNs = FIRST_PAUSE_NS;
      this.#newAt = now;
    }
    if (now - this.#lookedAt < this.#pauseNs) return false;
    const isSilenceNews = now - this.#newAt < STUCK.idleLoopNs + SILENT_PAUSE_NS;
    if (!isNew) this.#pauseNs = Math.min(this.#pauseNs * 2, isSilenceNews ? SILENT_PAUSE_NS : LAST_PAUSE_NS);
    this.#seenEvents = model.eventCount;
    this.#lookedAt = now;
    return true;
  }

  #alarms(now: Nanos): Alarm[] {
    const { model, naming } = this.#live;
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

function isWorthTelling({ severity, grade, startMs }: Finding, now: Nanos): boolean {
  if (severity !== 'error') return false;
  return grade === 'certain' || (grade === 'likely' && now - startMs * 1e6 >= STUCK.likelyLiveNs);
}
