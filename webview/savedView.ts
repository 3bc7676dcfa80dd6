/** What of the view outlives a hidden page, and how it is read back: nothing in it is trusted. */
import type { Change, State } from './store.js';

interface Saved {
  readonly range: readonly [number, number];
  readonly isFollowing: boolean;
  readonly finding: number;
  readonly opened: readonly (readonly [number, boolean])[];
  readonly tab: State['tab'];
  readonly panelHeight: number | null;
}

export function saveView(state: State): Saved {
  return {
    range: [state.range.start, state.range.end],
    isFollowing: state.isFollowing,
    finding: state.finding,
    opened: [...state.opened],
    tab: state.tab,
    panelHeight: state.panelHeight,
  };
}

const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;

/** The view as it was left, or null when there is none (or it is of another version). */
export function restoreView(kept: unknown): Change | null {
  const saved = kept as Partial<Saved> | null | undefined;
  if (!saved || !Array.isArray(saved.range)) return null;
  const [start, end] = saved.range;
  if (!Number.isFinite(start) || !Number.isFinite(end) || end <= start) return null;
  return {
    range: { start, end },
    isFollowing: saved.isFollowing === true,
    finding: Number.isInteger(saved.finding) ? (saved.finding as number) : -1,
    opened: new Map(Array.isArray(saved.opened) ? saved.opened : []),
    tab: saved.tab === 'findings' ? 'findings' : 'details',
    panelHeight: isSize(saved.panelHeight) ? saved.panelHeight : null,
  };
}
