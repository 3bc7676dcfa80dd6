/** Everything that moves the view or the selection; the mouse, the keys, the lists and the host all come here. */
import type { IntervalDetails, Step } from '../src/protocol/messages.js';
import type { Host } from './host.js';
import type { State, Store } from './store.js';
import type { Picture } from './timeline/picture.js';
import { panned, zoomed } from './timeline/timeScale.js';
import { ViewMotion } from './viewMotion.js';
import { clamped, rangeOfFinding, wholeRange } from './viewRange.js';

export class Navigation {
  readonly #store: Store;
  readonly #host: Host;
  readonly #picture: Picture;
  readonly #motion: ViewMotion;
  #asked = 0;
  /** The waits from which the chain was walked, and where it has come to. */
  readonly #chain: IntervalDetails[] = [];
  #reached: IntervalDetails | null = null;

  constructor(store: Store, host: Host, picture: Picture, scroller: HTMLElement) {
    this.#store = store;
    this.#host = host;
    this.#picture = picture;
    this.#motion = new ViewMotion(store, picture, scroller);
  }

  /** By hand: at once, and a live trace is no longer followed. */
  zoom(factor: number, at = this.#middle()): void {
    const { state } = this.#store;
    this.#motion.set(zoomed(state.range, at, factor, wholeRange(state)));
  }

  /** By hand: `share` of the visible range, later when positive. */
  pan(share: number): void {
    const { range } = this.#store.state;
    this.#motion.set(panned(range, (range.end - range.start) * share, wholeRange(this.#store.state)));
  }

  showWhole(): void {
    this.#motion.glide(wholeRange(this.#store.state));
  }

  showSelection(): void {
    const { selection } = this.#store.state;
    if (!selection) return;
    const start = selection.startMs * 1e6;
    const end = selection.open ? this.#picture.end : selection.endMs * 1e6;
    const room = Math.max((end - start) * 0.1, 50);
    this.#motion.glide(clamped({ start: start - room, end: end + room }, wholeRange(this.#store.state)));
  }

  showFinding(index: number, tab: State['tab'] = 'details'): void {
    const range = rangeOfFinding(this.#store.state, index);
    if (!range) return;
    this.#store.update({ finding: index, selection: null, tab });
    this.#motion.glide(range);
    const first = this.#store.state.trace?.verdict?.findings[index]?.threads[0];
    const row = this.#picture.layout.rows.find((one) => one.thread.id === first?.id);
    if (row) this.#motion.reveal(row);
  }

  stepFinding(by: 1 | -1): void {
    const count = this.#store.state.trace?.verdict?.findings.length ?? 0;
    if (count === 0) return;
    const { finding } = this.#store.state;
    this.showFinding(finding < 0 ? (by > 0 ? 0 : count - 1) : (finding + by + count) % count);
  }

  follow(isFollowing: boolean): void {
    this.#store.update({ isFollowing });
    if (isFollowing) this.keepUp();
  }

  /** The trace grew. */
  keepUp(): void {
    this.#motion.keepUp();
  }

  /** Selects what is at a time of a lane; resolves to it. */
  async select(lane: number, time: number, step: Step = 'at'): Promise<IntervalDetails | null> {
    const question = ++this.#asked;
    const details = await this.#host.askDetails(lane, time / 1e6, step);
    if (question !== this.#asked) return null;
    if (details) {
      this.#store.update({ selection: details, tab: 'details' });
      this.#motion.bringIntoView(details);
    }
    return details;
  }

  /** The trace grew: what was open lasts longer now, or has ended. Neither the view nor the tab moves. */
  async renewSelection(): Promise<void> {
    const { selection } = this.#store.state;
    if (!selection?.open) return;
    // Between its ends as last told: inside of it, whatever became of it.
    const details = await this.#host.askDetails(selection.lane, (selection.startMs + selection.endMs) / 2, 'at');
    if (!details || this.#store.state.selection !== selection) return;
    if (this.#reached === selection) this.#reached = details;
    this.#store.update({ selection: details });
  }

  /** The first line of what is selected, or the line of its other end. */
  openSelected(end: 'own' | 'other'): void {
    const { selection, trace, finding } = this.#store.state;
    const frames = end === 'own' ? selection?.frames : selection?.other?.frames;
    const fallback = selection ? undefined : trace?.verdict?.findings[finding]?.locations[0];
    const frame = frames?.[0] ?? fallback;
    if (frame) this.#host.openSource(frame);
  }

  stepInterval(step: 'before' | 'after'): void {
    const { selection } = this.#store.state;
    if (selection) void this.select(selection.lane, selection.startMs * 1e6, step);
    else this.stepRow(1);
  }

  stepRow(by: 1 | -1): void {
    const { rows } = this.#picture.layout;
    const { selection, range } = this.#store.state;
    const at = selection
      ? rows.findIndex((row) => row.lane === selection.lane || row.holdsLane === selection.lane)
      : -1;
    const row = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (!row) return;
    this.#motion.reveal(row);
    void this.#selectNear(row.lane, selection ? this.#visibleTime(selection) : (range.start + range.end) / 2);
  }

  /** To what the selected wait waits for: what its holder did then, or who ended it. Back by `whomItDelays`. */
  async whoCaused(): Promise<void> {
    const { selection } = this.#store.state;
    const thread = selection?.other?.thread;
    const row = this.#picture.layout.rows.find((one) => one.kind === 'thread' && one.thread.id === thread);
    if (!selection || !row) return;
    if (this.#reached !== selection) this.#chain.length = 0;
    // The moment before the wait was over: afterwards the other thread does something else.
    const time = selection.open ? this.#picture.end - 1 : selection.endMs * 1e6 - 1;
    const found = (await this.select(row.lane, time)) ?? (await this.select(row.lane, time, 'before'));
    if (!found) return;
    this.#chain.push(selection);
    this.#reached = this.#store.state.selection;
    this.#motion.reveal(row);
  }

  /** One step back along the chain. */
  whomItDelays(): void {
    if (this.#reached !== this.#store.state.selection) return;
    const selection = this.#chain.pop();
    if (!selection) return;
    this.#reached = selection;
    this.#store.update({ selection, tab: 'details' });
    this.#motion.bringIntoView(selection);
  }

  toggleLocks(thread?: number): void {
    const id = thread ?? this.#store.state.selection?.thread;
    const row = this.#picture.layout.rows.find((one) => one.kind === 'thread' && one.thread.id === id);
    if (!row || row.isOpen === null) return;
    const opened = new Map(this.#store.state.opened);
    this.#store.update({ opened: opened.set(row.thread.id, !row.isOpen) });
  }

  /** One step back: the hover, then the selection. */
  escape(): void {
    this.#store.update(this.#store.state.hover ? { hover: null } : { selection: null });
  }

  async #selectNear(lane: number, time: number): Promise<void> {
    if (!(await this.select(lane, time))) await this.select(lane, time, 'before');
  }

  #visibleTime(selection: IntervalDetails): number {
    const { range } = this.#store.state;
    const end = selection.open ? this.#picture.end : selection.endMs * 1e6;
    const from = Math.max(selection.startMs * 1e6, range.start);
    const to = Math.min(end, range.end);
    return (from + to) / 2;
  }

  #middle(): number {
    const { selection, range } = this.#store.state;
    const middle = (range.start + range.end) / 2;
    if (!selection) return middle;
    const start = selection.startMs * 1e6;
    return start > range.start && start < range.end ? start : middle;
  }
}
