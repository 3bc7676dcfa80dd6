/** The words in bars, longest first: the first that fits is drawn. */
import { FLAG, LANE_STATE } from '../../src/protocol/tileLayout.js';
import type { Trace } from '../store.js';
import type { Cycle } from './cycles.js';

export interface LabelledInterval {
  readonly thread: number;
  readonly state: number;
  readonly flags: number;
  readonly object: number;
  readonly isOpen: boolean;
}

export class Labels {
  readonly #threads: ReadonlyMap<number, string>;
  readonly #objects: ReadonlyMap<number, { readonly name: string; readonly kind: string }>;
  readonly #holders = new Map<string, string>();
  readonly #stuckBehind: string;
  readonly #isNarrow: boolean;

  constructor(trace: Trace, cycles: readonly Cycle[], isNarrow: boolean) {
    this.#isNarrow = isNarrow;
    this.#threads = new Map(trace.threads.map((thread) => [thread.id, thread.name]));
    this.#objects = new Map(trace.objects.map((object) => [object.id, object]));
    for (const { members } of cycles) {
      for (const member of members) {
        const holder = this.#threads.get(member.waitsForThread);
        if (holder !== undefined) this.#holders.set(`${member.thread} ${member.waitsFor}`, holder);
      }
    }
    this.#stuckBehind = cycles.length > 0 ? 'stuck behind the deadlock' : 'stuck';
  }

  #objectName(interval: LabelledInterval): string | null {
    if (interval.object < 0)
      return `join(${this.#threads.get(-1 - interval.object) ?? `thread ${-1 - interval.object}`})`;
    return interval.object === 0 ? null : (this.#objects.get(interval.object)?.name ?? null);
  }

  /** Nothing for states that say themselves what they are. */
  of(interval: LabelledInterval): readonly string[] {
    const { state } = interval;
    if (state === LANE_STATE.unknown) return ['unknown'];
    if (state === LANE_STATE.sleeping) return ['sleeping'];
    const name = this.#objectName(interval);
    const base =
      state === LANE_STATE.blocked
        ? name === null
          ? 'blocked'
          : `blocked on ${name}`
        : state === LANE_STATE.waiting
          ? name === null
            ? 'waiting'
            : `waiting: ${name}`
          : state === LANE_STATE.parked
            ? name === null
              ? 'parked in Atomics.wait'
              : `parked on ${name}`
            : null;
    if (base === null) return [];
    const holder = this.#holders.get(`${interval.thread} ${interval.object}`);
    const short = base.split(/[ :]/)[0] as string;
    if (interval.isOpen && interval.flags & FLAG.deadlocked && holder !== undefined) {
      if (this.#isNarrow) return [base, short];
      return [state === LANE_STATE.blocked ? `${base}, held by ${holder}` : `${base}, needs ${holder}`, base, short];
    }
    return interval.flags & FLAG.stuck ? [`${base}, ${this.#stuckBehind}`, base, short] : [base, short];
  }
}
