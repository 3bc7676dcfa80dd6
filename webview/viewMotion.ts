/** Moves what is seen: the range of time, and the rows. */
import type { IntervalDetails } from '../src/protocol/messages.js';
import type { Store } from './store.js';
import { isMotionReduced } from './theme.js';
import type { Row } from './timeline/layout.js';
import type { Picture } from './timeline/picture.js';
import { panned, type TimeRange } from './timeline/timeScale.js';
import { FREE_SHARE, wholeRange } from './viewRange.js';

/** A jump takes so long, ease-out; the hand is followed at once. */
const JUMP_MS = 120;

export class ViewMotion {
  readonly #store: Store;
  readonly #picture: Picture;
  readonly #scroller: HTMLElement;
  #jump = 0;

  constructor(store: Store, picture: Picture, scroller: HTMLElement) {
    this.#store = store;
    this.#picture = picture;
    this.#scroller = scroller;
  }

  /** At once; a live trace is no longer followed. */
  set(range: TimeRange): void {
    cancelAnimationFrame(this.#jump);
    this.#store.update({ range, isFollowing: false });
  }

  /** In a moment; a live trace is no longer followed. */
  glide(to: TimeRange): void {
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

  /** Moves a followed picture so that the end of the growing trace stays where it is. */
  keepUp(): void {
    const { state } = this.#store;
    if (!state.trace?.live || !state.isFollowing) return;
    const length = state.range.end - state.range.start;
    const end = this.#picture.end + length * FREE_SHARE;
    this.#store.update({ range: { start: end - length, end } });
  }

  /** Scrolls as little as shows the whole row. */
  reveal(row: Row): void {
    const { scrollTop, clientHeight } = this.#scroller;
    if (row.y < scrollTop) this.#scroller.scrollTop = row.y;
    else if (row.y + row.height > scrollTop + clientHeight)
      this.#scroller.scrollTop = row.y + row.height - clientHeight;
  }

  /** Where none of the interval is seen, the view goes there. */
  bringIntoView(details: IntervalDetails): void {
    const { range } = this.#store.state;
    const start = details.startMs * 1e6;
    const end = details.open ? this.#picture.end : details.endMs * 1e6;
    if (start < range.end && end > range.start) return;
    const length = range.end - range.start;
    const by = start >= range.end ? start - range.start - length * 0.2 : end - range.end + length * 0.2;
    this.glide(panned(range, by, wholeRange(this.#store.state)));
  }
}
