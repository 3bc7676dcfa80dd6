/** Everything that moves the view or the selection; the mouse, the keys, the lists and the host all come here. */
import type { IntervalDetails, Step } from '../src/protocol/messages.js';
import type { Host } from './host.js';
import type { State, Store } from './store.js';
import { isMotionReduced } from './theme.js';
import type { Row } from './timeline/layout.js';
import type { Picture } from './timeline/picture.js';
import { panned, zoomed, type TimeRange } from './timeline/timeScale.js';

/** A jump takes so long, ease-out; the hand is followed at once. */
const JUMP_MS = 120;
/** The share of the picture that stays free at the right while a live trace is followed. */
const FREE_SHARE = 0.1;

/** The whole trace: from the start of its first thread to its end. */
export function wholeRange(state: State): TimeRange {
  const { trace } = state;
  if (!trace) return { start: 0, end: 1e9 };
  const first = trace.threads.length > 0 ? Math.min(...trace.threads.map((thread) => thread.startMs)) : 0;
  const start = Math.min(first, trace.durationMs) * 1e6;
  const end = Math.max(trace.durationMs * 1e6, start + 1e6);
  return { start, end: trace.live ? start + (end - start) / (1 - FREE_SHARE) : end };
}

/** What shows a finding: the cycle from its first hold on, else the span of the finding, with room around. */
export function rangeOfFinding(state: State, index: number): TimeRange | null {
  const finding = state.trace?.verdict?.findings[index];
  if (!finding) return null;
  const whole = wholeRange(state);
  const cycle = finding.circle;
  if (cycle.length === 0 && finding.severity === 'error') {
    // What lasts to the end of the trace is told by how it began.
    const times = finding.locations.map(({ timeMs }) => timeMs).filter((time) => time > 0);
    return rangeOfStory(Math.min(finding.startMs, ...times), finding.startMs, whole);
  }
  if (cycle.length === 0) {
    const room = Math.max((finding.endMs - finding.startMs) * 0.1, 0.01) * 1e6;
    return clamped({ start: finding.startMs * 1e6 - room, end: finding.endMs * 1e6 + room }, whole);
  }
  const closed = Math.max(...cycle.map((member) => member.waitStartMs));
  const begun = Math.min(...cycle.map((member) => (member.holds === 0 ? member.waitStartMs : member.holdStartMs)));
  return rangeOfStory(begun, closed, whole);
}

/** Some room before it began, more after it closed. */
function rangeOfStory(begunMs: number, closedMs: number, whole: TimeRange): TimeRange {
  const story = Math.max(closedMs - begunMs, 1);
  return clamped({ start: (begunMs - story * 0.8) * 1e6, end: (closedMs + story * 2.3) * 1e6 }, whole);
}

function clamped(range: TimeRange, whole: TimeRange): TimeRange {
  const start = Math.max(range.start, whole.start);
  return { start, end: Math.max(Math.min(range.end, whole.end), start + 1000) };
}

export class Navigation {
  readonly #store: Store;
  readonly #host: Host;
  readonly #picture: Picture;
  readonly #scroller: HTMLElement;
  #jump = 0;
  #asked = 0;
  /** The waits from which the chain was walked, and where it has come to. */
  readonly #chain: IntervalDetails[] = [];
  #reached: IntervalDetails | null = null;

  constructor(store: Store, host: Host, picture: Picture, scroller: HTMLElement) {
    this.#store = store;
    this.#host = host;
    this.#picture = picture;
    this.#scroller = scroller;
  }

  /** By hand: at once, and a live trace is no longer followed. */
  zoom(factor: number, at = this.#middle()): void {
    const { state } = this.#store;
    this.#set(zoomed(state.range, at, factor, wholeRange(state)));
  }

  /** By hand: `share` of the visible range, later when positive. */
  pan(share: number): void {
    const { range } = this.#store.state;
    this.#set(panned(range, (range.end - range.start) * share, wholeRange(this.#store.state)));
  }

  showWhole(): void {
    this.#glide(wholeRange(this.#store.state));
  }

  showSelection(): void {
    const { selection } = this.#store.state;
    if (!selection) return;
    const start = selection.startMs * 1e6;
    const end = selection.open ? this.#picture.end : selection.endMs * 1e6;
    const room = Math.max((end - start) * 0.1, 50);
    this.#glide(clamped({ start: start - room, end: end + room }, wholeRange(this.#store.state)));
  }

  showFinding(index: number, tab: State['tab'] = 'details'): void {
    const range = rangeOfFinding(this.#store.state, index);
    if (!range) return;
    this.#store.update({ finding: index, selection: null, tab });
    this.#glide(range);
    const first = this.#store.state.trace?.verdict?.findings[index]?.threads[0];
    const row = this.#picture.layout.rows.find((one) => one.thread.id === first?.id);
    if (row) this.#reveal(row);
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

  /** Moves a followed picture so that the end of the growing trace stays where it is. */
  keepUp(): void {
    const { state } = this.#store;
    if (!state.trace?.live || !state.isFollowing) return;
    const length = state.range.end - state.range.start;
    const end = this.#picture.end + length * FREE_SHARE;
    this.#store.update({ range: { start: end - length, end } });
  }

  /** Selects what is at a time of a lane; resolves to it. */
  async select(lane: number, time: number, step: Step = 'at'): Promise<IntervalDetails | null> {
    const question = ++this.#asked;
    const details = await this.#host.askDetails(lane, time / 1e6, step);
    if (question !== this.#asked) return null;
    if (details) {
      this.#store.update({ selection: details, tab: 'details' });
      this.#bringIntoView(details);
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
    this.#reveal(row);
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
    this.#reveal(row);
  }

  /** One step back along the chain. */
  whomItDelays(): void {
    if (this.#reached !== this.#store.state.selection) return;
    const selection = this.#chain.pop();
    if (!selection) return;
    this.#reached = selection;
    this.#store.update({ selection, tab: 'details' });
    this.#bringIntoView(selection);
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

  #reveal(row: Row): void {
    const { scrollTop, clientHeight } = this.#scroller;
    if (row.y < scrollTop) this.#scroller.scrollTop = row.y;
    else if (row.y + row.height > scrollTop + clientHeight)
      this.#scroller.scrollTop = row.y + row.height - clientHeight;
  }

  #bringIntoView(details: IntervalDetails): void {
    const { range } = this.#store.state;
    const start = details.startMs * 1e6;
    const end = details.open ? this.#picture.end : details.endMs * 1e6;
    if (start < range.end && end > range.start) return;
    const length = range.end - range.start;
    const by = start >= range.end ? start - range.start - length * 0.2 : end - range.end + length * 0.2;
    this.#glide(panned(range, by, wholeRange(this.#store.state)));
  }

  #set(range: TimeRange): void {
    cancelAnimationFrame(this.#jump);
    this.#store.update({ range, isFollowing: false });
  }

  #glide(to: TimeRange): void {
    cancelAnimationFrame(this.#jump);
    this.#store.update({ isFollowing: false });
    const from = this.#store.state.range;
    if (isMotionReduced()) {
      this.#store.update({ range: to });
      return;
    }
    const begun = performance.now();
    const step = (now: number): void => {
      const share = Math.min(1, Math.max(0, (now - begun) / JUMP_MS));
      const eased = 1 - (1 - share) ** 3;
      const between = (a: number, b: number): number => (share === 1 ? b : a + (b - a) * eased);
      this.#store.update({ range: { start: between(from.start, to.start), end: between(from.end, to.end) } });
      if (share < 1) this.#jump = requestAnimationFrame(step);
    };
    this.#jump = requestAnimationFrame(step);
  }
}
