/** The mouse on the lanes: hover, click, wheel, drag. */
import type { Navigation } from '../navigation.js';
import type { Store } from '../store.js';
import { hitTest, type Hit } from './hit.js';
import type { Picture } from './picture.js';

export interface InteractionOptions {
  readonly canvas: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly picture: Picture;
  readonly store: Store;
  readonly navigation: Navigation;
  /** The pointer is over something else: how far right it is, and the bounds of the row, in the page. */
  readonly hovered: (hit: Hit | null, x: number, row: RowBounds) => void;
}

/** Top and bottom of a row in the page. */
export interface RowBounds {
  readonly top: number;
  readonly bottom: number;
}

const nowhere: RowBounds = { top: 0, bottom: 0 };

/** A press that moves less than this is a click. */
const CLICK_SLACK = 4;
/** Pixels of the wheel that double or halve the range. */
const WHEEL_PER_DOUBLING = 300;
const LINE_PX = 16;

export function listenToMouse({ canvas, scroller, picture, store, navigation, hovered }: InteractionOptions): void {
  let pressed: { x: number; y: number; scroll: number; isDrag: boolean } | null = null;

  const hitAt = (event: MouseEvent): Hit | null => {
    const box = canvas.getBoundingClientRect();
    const y = event.clientY - box.top + scroller.scrollTop;
    return hitTest(picture.layout, picture.cache, picture.scale, event.clientX - box.left, y, picture.end);
  };

  const hover = (event: MouseEvent): void => {
    const hit = hitAt(event);
    const interval = hit?.interval ?? null;
    const { hover: before } = store.state;
    if (interval && hit && (before?.lane !== hit.lane || before.start !== interval.start)) {
      const { start, end, object } = interval;
      store.update({ hover: { lane: hit.lane, start, end, object, cause: null } });
    } else if (!interval) store.update({ hover: null });
    canvas.classList.toggle('can-open', interval !== null || hit?.isDense === true);
    const top = canvas.getBoundingClientRect().top - scroller.scrollTop + (hit?.row.y ?? 0);
    hovered(hit, event.clientX, { top, bottom: top + (hit?.row.height ?? 0) });
  };

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      hovered(null, 0, nowhere);
      if (isSideways) {
        const delta = (event.deltaX === 0 ? event.deltaY : event.deltaX) * unit;
        navigation.pan(delta / picture.scale.width);
      } else {
        const x = event.clientX - canvas.getBoundingClientRect().left;
        navigation.zoom(2 ** ((event.deltaY * unit) / WHEEL_PER_DOUBLING), picture.scale.time(x));
      }
    },
    { passive: false },
  );

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pressed = { x: event.clientX, y: event.clientY, scroll: scroller.scrollTop, isDrag: false };
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener('pointermove', (event) => {
    if (!pressed) {
      hover(event);
      return;
    }
    const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
    if (!pressed.isDrag && moved < CLICK_SLACK) return;
    pressed.isDrag = true;
    canvas.classList.add('is-dragged');
    hovered(null, 0, nowhere);
    navigation.pan(-event.movementX / picture.scale.width);
    scroller.scrollTop = pressed.scroll - (event.clientY - pressed.y);
  });

  canvas.addEventListener('pointerup', (event) => {
    const press = pressed;
    pressed = null;
    canvas.classList.remove('is-dragged');
    if (!press || press.isDrag) return;
    const hit = hitAt(event);
    if (!hit || (!hit.interval && !hit.isDense)) {
      store.update({ selection: null });
      return;
    }
    void navigation.select(hit.lane, hit.time).then((details) => {
      if (details) navigation.openSelected(event.altKey ? 'other' : 'own');
    });
  });

  canvas.addEventListener('pointercancel', () => (pressed = null));
  canvas.addEventListener('pointerleave', () => {
    if (pressed) return;
    store.update({ hover: null });
    hovered(null, 0, nowhere);
  });
}
