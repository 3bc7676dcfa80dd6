/** The names at the left: threads with their waiting time, and under them the locks that were opened. */
import { formatDuration } from '../../src/base/formatDuration.js';
import type { ThreadInfo } from '../../src/protocol/messages.js';
import { element } from '../element.js';
import { icon } from '../icons.js';
import type { Layout, Row } from './layout.js';

export interface LabelColumnOptions {
  readonly isNarrow: boolean;
  /** The end of the trace. */
  readonly endMs: number;
  readonly isDense: boolean;
  readonly toggle: (thread: number) => void;
}

/** How long it waited, in dense rows as a share of its life; the other one on demand. */
function waitedOf({ waitedMs, startMs, endMs }: ThreadInfo, { isDense, endMs: now }: LabelColumnOptions) {
  const life = (endMs ?? now) - startMs;
  const time = formatDuration(waitedMs);
  if (life <= 0) return { text: time };
  const share = `${Math.min(100, Math.round((100 * waitedMs) / life))}\u00a0%`;
  const title = `waited ${time}, ${share} of its life`;
  return { text: isDense ? share : time, title };
}

function threadLabel(row: Row, options: LabelColumnOptions): HTMLElement {
  const { isNarrow, toggle } = options;
  const { thread } = row;
  const twisty =
    row.isOpen === null
      ? element('span', { class: 'twisty' })
      : element(
          'button',
          {
            class: 'twisty',
            title: 'Locks of this thread (L)',
            aria: { label: `Locks of ${thread.name}`, expanded: String(row.isOpen) },
            onClick: () => toggle(thread.id),
          },
          [icon(row.isOpen ? 'opened' : 'closed')],
        );
  const label = element('div', { class: 'label' }, [
    twisty,
    element('span', { class: 'name', text: thread.name, title: thread.name }),
  ]);
  if (row.isDead) label.append(icon('deadlock', 'error'));
  else if (row.isStuck && !isNarrow)
    label.append(element('span', { class: 'behind', title: 'Stuck behind the deadlock' }, [icon('behind')]));
  if (thread.waitedMs > 0) {
    label.append(element('span', { class: 'measure', ...waitedOf(thread, options) }));
  }
  return label;
}

function lockLabel(row: Row, { isNarrow }: LabelColumnOptions): HTMLElement {
  const name = row.lock?.name ?? '';
  const label = element('div', { class: 'label lock' }, [
    icon('lock'),
    element('span', { class: 'name', text: name, title: name }),
  ]);
  if (row.waiter !== null && !isNarrow)
    label.append(element('span', { class: 'measure', text: `${row.waiter} waits` }));
  return label;
}

/** Fills the column; its rows line up with the picture's. False when there is no room for the waiting times. */
export function fillLabelColumn(column: HTMLElement, layout: Layout, options: LabelColumnOptions): boolean {
  const labels = layout.rows.map((row) => {
    const label = row.kind === 'thread' ? threadLabel(row, options) : lockLabel(row, options);
    label.classList.toggle('is-dead', row.isDead);
    label.style.top = `${row.y}px`;
    label.style.height = `${row.height}px`;
    label.style.paddingLeft = `${options.isNarrow ? 8 + row.depth * 5 : 12 + row.depth * 12}px`;
    return label;
  });
  column.style.height = `${layout.height}px`;
  column.dataset['size'] = layout.size;
  column.replaceChildren(...labels);
  // Without room the measure goes before a name is cut.
  const isCut = labels.map((label) => {
    const name = label.querySelector('.name');
    return name !== null && name.scrollWidth > name.clientWidth;
  });
  // In half a width names are the rule that do not leave room: then no row has it, and the column has no head.
  const isWithout = options.isNarrow && isCut.includes(true);
  labels.forEach((label, i) => (isWithout || isCut[i]) && label.querySelector('.measure')?.remove());
  return !isWithout;
}
