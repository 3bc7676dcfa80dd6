/** What the page knows and shows, in one place; parts of the page subscribe and redraw themselves. */
import type { Cause, IntervalDetails, Opened } from '../src/protocol/messages.js';
import type { TimeRange } from './timeline/timeScale.js';

/** A trace as last told, by `opened` or `grew`. */
export type Trace = Omit<Opened, 'type'>;

/** Nobody writes it any more, and it does not say how its program ended. */
export function breaksOff({ live, verdict }: Trace): boolean {
  return !live && (verdict?.trace.end === 'truncated' || verdict?.trace.end === 'open');
}

export type PanelTab = 'findings' | 'details';

export interface Hover {
  readonly lane: number;
  /** The interval under the pointer; an end at Infinity is still open. */
  readonly start: number;
  readonly end: number;
  /** The lock or object whose bands and waits stay bright, or 0. */
  readonly object: number;
  /** What ended it, once that is known. */
  readonly cause: Cause | null;
}

export interface State {
  readonly trace: Trace | null;
  readonly progress: { readonly read: number; readonly expected: number } | null;
  readonly failure: string | null;
  readonly range: TimeRange;
  /** A live trace's right edge is followed until the range is moved by hand or paused. */
  readonly isFollowing: boolean;
  /** Index of the finding that is shown, or -1. */
  readonly finding: number;
  readonly selection: IntervalDetails | null;
  readonly hover: Hover | null;
  /** Threads whose locks were opened (true) or closed (false) by hand. */
  readonly opened: ReadonlyMap<number, boolean>;
  readonly tab: PanelTab;
  /** Height of the bottom panel in px, or null while nobody dragged it. */
  readonly panelHeight: number | null;
  readonly isNarrow: boolean;
}

export type Change = Partial<State>;
export type Listener = (state: State, before: State) => void;

const initial: State = {
  trace: null,
  progress: null,
  failure: null,
  range: { start: 0, end: 1e9 },
  isFollowing: true,
  finding: -1,
  selection: null,
  hover: null,
  opened: new Map(),
  tab: 'details',
  panelHeight: null,
  isNarrow: false,
};

export class Store {
  #state = initial;
  readonly #listeners: Listener[] = [];

  get state(): State {
    return this.#state;
  }

  /** Replaces parts of the state and tells everybody, if anything is different. */
  update(change: Change): void {
    const before = this.#state;
    const isSame = (Object.keys(change) as (keyof State)[]).every((key) => Object.is(before[key], change[key]));
    if (isSame) return;
    this.#state = { ...before, ...change };
    for (const listener of this.#listeners) listener(this.#state, before);
  }

  subscribe(listener: Listener): void {
    this.#listeners.push(listener);
  }
}
