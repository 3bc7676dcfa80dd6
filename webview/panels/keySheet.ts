/** The sheet that `?` opens: the keys that there are, from the table that acts on them. */
import { element } from '../element.js';
import { KEYS } from '../keyboard.js';

export interface KeySheet {
  toggle(): void;
  /** True when it was open. */
  close(): boolean;
}

export function makeKeySheet(parent: HTMLElement): KeySheet {
  const groups = [...new Set(KEYS.map((key) => key.group))].map((group) => {
    const rows = KEYS.filter((key) => key.group === group).map(({ text, keys }) =>
      element('p', {}, [element('span', { text }), ...keys.map((name) => element('kbd', { text: name }))]),
    );
    return element('div', {}, [element('h2', { text: group }), ...rows]);
  });
  const sheet = element(
    'div',
    { class: 'key-sheet', role: 'dialog', tabIndex: -1, aria: { label: 'Keyboard' } },
    groups,
  );
  sheet.hidden = true;
  parent.append(sheet);
  let cameFrom: Element | null = null;

  const close = (): boolean => {
    if (sheet.hidden) return false;
    sheet.hidden = true;
    if (cameFrom instanceof HTMLElement) cameFrom.focus();
    return true;
  };
  sheet.addEventListener('blur', () => close());
  return {
    close,
    toggle() {
      if (close()) return;
      cameFrom = document.activeElement;
      sheet.hidden = false;
      sheet.focus();
    },
  };
}
