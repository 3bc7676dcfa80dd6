/** The tooltip over the lanes: after 300 ms, at once while one is open; at most three lines and a line of keys. */
import { formatTime } from '../../src/base/formatDuration.js';
import type { IntervalDetails } from '../../src/protocol/messages.js';
import { BIN } from '../../src/protocol/tileLayout.js';
import { element } from '../element.js';
import type { Host } from '../host.js';
import { binAt, type Hit } from '../timeline/hit.js';
import type { RowBounds } from '../timeline/interaction.js';
import type { Picture } from '../timeline/picture.js';
import { richText } from './richText.js';

const DELAY_MS = 300;
const AWAY = 14;

interface Content {
  readonly text: readonly string[];
  readonly keys: string;
}

const SHARES: readonly (readonly [string, number])[] = [
  ['running', BIN.running],
  ['event loop', BIN.loop],
  ['blocked', BIN.blocked],
  ['waiting', BIN.waiting],
  ['parked or sleeping', BIN.parked],
  ['unknown', BIN.unknown],
];

function denseContent(hit: Hit, picture: Picture): Content | null {
  const bin = hit.row.kind === 'thread' ? binAt(picture.cache, picture.scale, hit.lane, hit.time) : null;
  if (!bin) return null;
  const shares = SHARES.map(([word, at]) => [word, Math.round((bin.shares[at] ?? 0) * 100)] as const)
    .filter(([, percent]) => percent > 0)
    .map(([word, percent]) => `${word} ${percent} %`);
  const when = `${formatTime(bin.start / 1e6)} to ${formatTime(bin.end / 1e6)}`;
  return { text: [`\`${hit.row.thread.name}\`, ${when}`, shares.join(', ')], keys: 'Click: select what is here' };
}

export interface Tooltip {
  /** The pointer is over something else. */
  readonly hovered: (hit: Hit | null, x: number, row: RowBounds) => void;
  /** The trace grew: what is open lasts longer now. */
  readonly renew: () => void;
}

/** @param explained what is under the pointer, once it is known */
export function makeTooltip(
  tip: HTMLElement,
  host: Host,
  picture: Picture,
  explained: (details: IntervalDetails) => void,
): Tooltip {
  let over = '';
  let askAgain: () => void = () => undefined;
  let timer = 0;
  let question = 0;
  tip.setAttribute('role', 'tooltip');
  tip.hidden = true;

  const hide = (): void => {
    clearTimeout(timer);
    over = '';
    question++;
    tip.hidden = true;
  };

  const show = ({ text, keys }: Content, x: number, row: RowBounds): void => {
    const lines = text.slice(0, 3).map((line, i) => {
      return element('div', { class: i === 0 ? 'tip-title' : '' }, [richText(line, [], () => undefined)]);
    });
    tip.replaceChildren(...lines);
    if (keys !== '') tip.append(element('div', { class: 'tip-keys', text: keys }));
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    // Under the row that it explains, else over it.
    const y = row.bottom + height > window.innerHeight ? row.top - height : row.bottom;
    tip.style.left = `${Math.max(4, Math.min(x + AWAY, window.innerWidth - width - 8))}px`;
    tip.style.top = `${Math.max(4, y)}px`;
  };

  const ask = async (hit: Hit, x: number, row: RowBounds): Promise<void> => {
    const mine = ++question;
    const details = hit.interval ? await host.askDetails(hit.lane, hit.time / 1e6, 'at') : null;
    if (mine !== question) return;
    if (details) explained(details);
    const content = details ? { text: details.text, keys: keysOf(details) } : denseContent(hit, picture);
    if (content) show(content, x, row);
    else tip.hidden = true;
  };

  const hovered: Tooltip['hovered'] = (hit, x, row) => {
    if (!hit || (!hit.interval && !hit.isDense)) {
      hide();
      return;
    }
    const what = hit.interval ? `${hit.lane} ${hit.interval.start}` : `${hit.lane} ${Math.round(x)}`;
    if (what === over) return;
    over = what;
    clearTimeout(timer);
    askAgain = () => void ask(hit, x, row);
    timer = window.setTimeout(askAgain, tip.hidden ? DELAY_MS : 0);
  };
  return {
    hovered,
    renew: () => {
      if (!tip.hidden) askAgain();
    },
  };
}

function keysOf(details: {
  frames: readonly unknown[];
  other: { frames: readonly unknown[]; label: string } | null;
}): string {
  const own = details.frames.length > 0 ? 'Click: open the line' : '';
  const other = details.other && details.other.frames.length > 0 ? `Alt-click: ${details.other.label}` : '';
  return [own, other].filter((part) => part !== '').join('   ');
}
