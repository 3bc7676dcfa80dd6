/**
 * While a control is pressed, the page is not drawn anew: a control that is replaced between press and release hears of
 * no click.
 */
import type { Listener, State } from './store.js';

/** What is clicked; the canvas and the splitter are dragged. */
const CONTROLS = 'button, [role="option"]';

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(CONTROLS) !== null;

/** Calls `draw` for each change, those that come during a press together after it. */
export function heldWhilePressed(draw: Listener): Listener {
  let isPressed = false;
  /** What the page shows while a change is held back. */
  let drawn: State | null = null;
  let latest: State | null = null;

  const press = (event: Event): void => {
    isPressed ||= isControl(event.target);
  };
  const release = (): void => {
    if (!isPressed) return;
    // The click comes right after the release.
    setTimeout(() => {
      isPressed = false;
      if (drawn === null || latest === null) return;
      const before = drawn;
      drawn = null;
      draw(latest, before);
    });
  };
  document.addEventListener('pointerdown', press, true);
  for (const type of ['pointerup', 'pointercancel'] as const) document.addEventListener(type, release, true);
  // The space bar clicks when it is released; a press that leaves the window ends there.
  document.addEventListener('keydown', (event) => event.key === ' ' && press(event), true);
  document.addEventListener('keyup', (event) => event.key === ' ' && release(), true);
  window.addEventListener('blur', release);

  return (state, before) => {
    latest = state;
    if (isPressed) drawn ??= before;
    else draw(state, before);
  };
}
