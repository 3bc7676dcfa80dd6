/**
 * Looks at the running program with the model and the liveness that the reports use, so that they cannot disagree: it is
 * fed with what goes into the file, and asked when threads have waited long without a timeout.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Nanos } from '../base/brand.js';
import { stuckFindings } from '../analysis/deadlocks.js';
import type { Finding } from '../analysis/finding.js';
import { STUCK } from '../analysis/thresholds.js';
import { Model } from '../model/model.js';
import { formatFinding } from '../report/text.js';
import { SourceNaming } from '../sources/sourceNaming.js';
import { Dictionary } from '../trace/dictionary.js';
import { EventColumns, sliceBatch } from '../trace/eventBatch.js';
import type { TraceVisitor } from '../trace/visitor.js';

/** How often a stuck program is looked at, at first; then ever more rarely while nothing happens. */
const FIRST_PAUSE_NS = 250e6;
const LAST_PAUSE_NS = 8000e6;

/** Something to say about the running program. */
export interface Alarm {
  readonly text: string;
  /** The threads of a certain deadlock; null when it is only likely. */
  readonly threads: readonly number[] | null;
}

export class Watchdog {
  readonly #dictionary = new Dictionary();
  readonly #model = new Model(this.#dictionary);
  readonly #naming: SourceNaming;
  readonly #pending = new EventColumns();
  readonly #told = new Set<string>();
  #pauseNs = FIRST_PAUSE_NS;
  #lookedAt = -Infinity;
  #seenEvents = -1;
  #failure: unknown = null;

  /** @param root the folder that paths of the trace are relative to */
  constructor(root: string) {
    this.#naming = new SourceNaming(this.#dictionary, (path) => {
      try {
        return readFileSync(resolve(root, path), 'utf8');
      } catch {
        return null;
      }
    });
  }

  /** Takes everything that is written, in the same order. Never throws. */
  readonly visitor: TraceVisitor = this.#guarded({
    header: (header) => this.#dictionary.header(header),
    thread: (record) => {
      this.#dictionary.thread(record);
      this.#model.thread(record);
    },
    object: (record) => {
      this.#dictionary.object(record);
      this.#model.object(record);
    },
    file: (record, index) => this.#dictionary.file(record, index),
    site: (record, index) => this.#dictionary.site(record, index),
    stack: (record, index) => this.#dictionary.stack(record, index),
    string: (text, index) => this.#dictionary.string(text, index),
    events: (batch) => {
      const { t, thread, op, object, stack, sampled, arg, extra } = batch;
      for (let i = 0; i < batch.length; i++) {
        this.#pending.push(
          t[i] as number,
          thread[i] as number,
          op[i] as number,
          object[i] as number,
          stack[i] as number,
          sampled[i] as number,
          arg[i] as number,
          extra[i] as number,
        );
      }
    },
    marker: (marker) => {
      if (marker.kind === 'complete') this.#advance(marker.t);
      this.#model.marker(marker);
    },
  });

  /**
   * What there is to say. Never throws.
   * @param now up to when everything is known
   */
  look(now: Nanos): readonly Alarm[] {
    if (this.#failure !== null) return [];
    try {
      return this.#isDue(now) ? this.#alarms(now) : [];
    } catch (error) {
      this.#failure = error;
      return [{ text: `threadlanes: no watching for deadlocks any more: ${String(error)}\n`, threads: null }];
    }
  }

  /** The model takes events in the order of time over all threads: those that nothing earlier can still come before. */
  #advance(completeTo: Nanos): void {
    const pending = this.#pending;
    pending.sortByTime();
    let count = pending.length;
    while (count > 0 && (pending.t[count - 1] as number) > completeTo) count--;
    if (count === 0) return;
    this.#model.events(sliceBatch(pending, 0, count));
    pending.dropFirst(count);
  }

  #isDue(now: Nanos): boolean {
    const isStuck = [...this.#model.threads.values()].some(
      ({ wait, isEnded }) =>
        !isEnded && wait !== null && wait.timeoutMs === null && now - wait.since >= STUCK.deadLiveNs,
    );
    if (!isStuck) return false;
    if (this.#model.eventCount !== this.#seenEvents) this.#pauseNs = FIRST_PAUSE_NS;
    if (now - this.#lookedAt < this.#pauseNs) return false;
    if (this.#model.eventCount === this.#seenEvents) this.#pauseNs = Math.min(this.#pauseNs * 2, LAST_PAUSE_NS);
    this.#seenEvents = this.#model.eventCount;
    this.#lookedAt = now;
    return true;
  }

  #alarms(now: Nanos): Alarm[] {
    const alarms: Alarm[] = [];
    for (const finding of stuckFindings(this.#model, this.#naming, now, { minAgeNs: STUCK.deadLiveNs })) {
      if (this.#told.has(finding.fingerprint) || !isWorthTelling(finding, now)) continue;
      this.#told.add(finding.fingerprint);
      const threads = finding.grade === 'certain' ? finding.threads.map(({ id }) => id) : null;
      alarms.push({ text: `threadlanes: ${formatFinding(finding)}\n`, threads });
    }
    return alarms;
  }

  #guarded(visitor: TraceVisitor): TraceVisitor {
    const guarded = Object.entries(visitor).map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        if (this.#failure !== null) return;
        try {
          (method as (...args: unknown[]) => void)(...args);
        } catch (error) {
          this.#failure = error;
        }
      },
    ]);
    return Object.fromEntries(guarded) as TraceVisitor;
  }
}

function isWorthTelling({ severity, grade, startMs }: Finding, now: Nanos): boolean {
  if (severity !== 'error') return false;
  return grade === 'certain' || (grade === 'likely' && now - startMs * 1e6 >= STUCK.likelyLiveNs);
}
