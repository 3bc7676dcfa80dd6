/** The splitter above the panel: by mouse and by arrows; and the share of the height that the lanes take by themselves. */
import type { PageFrame } from './pageFrame.js';
import type { Store } from './store.js';

/** Lanes take the height they need up to this share, the panel the rest. */
const LANES_SHARE = 0.6;
const LEAST_PANEL = 96;
const LEAST_LANES = 72;
const STEP = 24;

/** The panel's height: as dragged, else what the lanes leave. `chrome` is all but lanes and panel. */
export function panelHeight(total: number, chrome: number, lanesNeed: number, dragged: number | null): number {
  const room = total - chrome;
  const wanted = dragged ?? room - Math.min(lanesNeed, total * LANES_SHARE - chrome / 2);
  return Math.round(Math.min(Math.max(wanted, LEAST_PANEL), Math.max(room - LEAST_LANES, LEAST_PANEL)));
}

export function listenToSplitter({ splitter, panel }: PageFrame, store: Store): void {
  let from: { y: number; height: number } | null = null;
  splitter.addEventListener('pointerdown', (event) => {
    from = { y: event.clientY, height: panel.clientHeight };
    splitter.setPointerCapture(event.pointerId);
  });
  splitter.addEventListener('pointermove', (event) => {
    if (from) store.update({ panelHeight: from.height - (event.clientY - from.y) });
  });
  splitter.addEventListener('pointerup', () => (from = null));
  splitter.addEventListener('dblclick', () => store.update({ panelHeight: null }));
  splitter.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowUp' ? STEP : event.key === 'ArrowDown' ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    store.update({ panelHeight: panel.clientHeight + by });
  });
}
