/** The legend: only the shapes in view, drawn as they are in the lanes, then two keys. */
import type { Severity } from '../../src/protocol/verdict.js';
import { element } from '../element.js';
import type { State } from '../store.js';
import type { Palette } from '../theme.js';
import { drawSign } from '../timeline/findingMarks.js';
import { frame, type Canvas } from '../timeline/patterns.js';
import { drawBand, drawShape, type Seen, type Shape } from '../timeline/stateShapes.js';
import { fitSurface } from '../timeline/surface.js';

type Sample = Shape | 'held' | 'wanted' | 'deadlocked' | 'shares' | Severity;

interface Words {
  readonly long: string;
  /** For half the width; null: there is no room for it. */
  readonly short: string | null;
  /** For what is only seen as shares of time. */
  readonly dense?: string;
  /** The first entry of its group stands apart from the one before. */
  readonly group: 'states' | 'bands' | 'findings';
}

/** In the order of the legend. */
const WORDS: readonly (readonly [Sample, Words])[] = [
  ['running', { long: 'running', short: 'running', dense: 'running, from the floor', group: 'states' }],
  ['loop', { long: 'event loop idle', short: 'idle', group: 'states' }],
  ['blocked', { long: 'blocked: wants a lock', short: 'blocked', dense: 'blocked, from the ceiling', group: 'states' }],
  ['waiting', { long: 'waiting', short: 'waiting', group: 'states' }],
  ['parked', { long: 'parked', short: 'parked', dense: 'parked or sleeping', group: 'states' }],
  ['sleeping', { long: 'sleeping', short: 'sleeping', group: 'states' }],
  ['ended', { long: 'ended', short: null, group: 'states' }],
  ['unknown', { long: 'unknown', short: 'unknown', group: 'states' }],
  ['shares', { long: 'dense: height is share of time', short: 'shares', group: 'states' }],
  ['held', { long: 'lock held', short: 'held', group: 'bands' }],
  ['wanted', { long: 'held while others wait', short: 'wanted', group: 'bands' }],
  ['deadlocked', { long: 'deadlocked', short: 'deadlocked', group: 'bands' }],
  ['error', { long: 'error', short: null, group: 'findings' }],
  ['warning', { long: 'warning', short: null, group: 'findings' }],
  ['note', { long: 'note', short: null, group: 'findings' }],
];

export interface Entry {
  readonly sample: Sample;
  readonly words: string;
  /** It looks like shares of time. */
  readonly isDense: boolean;
  readonly isApart: boolean;
}

/** What the legend explains: what was drawn, and nothing else. */
export function entriesOf(seen: Seen, hasCycle: boolean, isNarrow: boolean): Entry[] {
  const { shapes, dense, marks } = seen;
  const isThere: Readonly<Partial<Record<Sample, boolean>>> = {
    // Where a shape is also drawn one by one, its words do not say what the heights mean.
    shares: [...dense].some((shape) => shapes.has(shape)),
    held: seen.isHeld,
    wanted: seen.isWanted,
    deadlocked: hasCycle,
  };
  const entries: Entry[] = [];
  let group: Words['group'] | undefined;
  for (const [sample, words] of WORDS) {
    const isExact = isThere[sample] ?? (shapes.has(sample as Shape) || marks.has(sample as Severity));
    const isDense = !isExact && dense.has(sample as Shape);
    const text = isNarrow ? words.short : ((isDense ? words.dense : undefined) ?? words.long);
    if (text === null || !(isExact || isDense)) continue;
    const isApart = group !== undefined && words.group !== group;
    group = words.group;
    entries.push({ sample, words: text, isDense: isDense || sample === 'shares', isApart });
  }
  return entries;
}

const WIDTH = 18;
const HEIGHT = 10;
/** Some shares, as columns of 3 px. */
const SHARES = [5, 8, 6, 9, 7, 8];

const isMark = (sample: Sample): sample is Severity => sample === 'error' || sample === 'warning' || sample === 'note';

function drawShares(g: Canvas, sample: Sample, palette: Palette): void {
  const isBlocked = sample === 'blocked';
  g.fillStyle = isBlocked ? palette.blocked : palette.running;
  SHARES.forEach((share, i) => g.fillRect(i * 3, isBlocked ? 0 : HEIGHT - share, 3, share));
}

function drawSample(g: Canvas, { sample, isDense }: Entry, palette: Palette, hasTail: boolean): void {
  if (isMark(sample)) drawSign(g, palette, WIDTH / 2, HEIGHT / 2, sample);
  else if (sample === 'deadlocked') frame(g, 0, 0, WIDTH, HEIGHT, palette.deadlock, 2);
  else if (sample === 'held') drawBand(g, false, { x: 0, y: 3, width: WIDTH, height: 4 }, palette);
  else if (sample === 'wanted') drawBand(g, true, { x: 0, y: 2, width: WIDTH, height: 6 }, palette);
  else if (sample === 'shares' || (isDense && (sample === 'running' || sample === 'blocked')))
    drawShares(g, sample, palette);
  else drawShape(g, sample, { x: sample === 'ended' ? 4 : 0, y: 0, width: WIDTH, height: HEIGHT }, palette);
  if (sample === 'ended' && hasTail) drawShape(g, 'livesOn', { x: 4, y: 0, width: WIDTH - 4, height: HEIGHT }, palette);
}

function keysFor(state: State): readonly (readonly [string, string])[] {
  if (state.selection)
    return [
      ['Enter', 'open the line'],
      ['?', 'keyboard'],
    ];
  const hasFindings = (state.trace?.verdict?.findings.length ?? 0) > 1;
  return hasFindings
    ? [
        ['n', 'next finding'],
        ['?', 'keyboard'],
      ]
    : [['?', 'keyboard']];
}

/** Returns what draws the legend anew. */
export function makeLegend(legend: HTMLElement): (state: State, seen: Seen, palette: Palette) => void {
  let shown = '';
  let drawnWith: Palette | null = null;
  return (state, seen, palette) => {
    const hasCycle = state.trace?.verdict?.findings.some(({ circle }) => circle.length > 0) === true;
    const samples = entriesOf(seen, hasCycle, state.isNarrow);
    const hasTail = seen.shapes.has('livesOn');
    const keys = state.isNarrow ? [] : keysFor(state);
    const key = JSON.stringify([samples, hasTail, keys, state.isNarrow, window.devicePixelRatio]);
    if (key === shown && palette === drawnWith) return;
    shown = key;
    drawnWith = palette;
    const entries = samples.map((entry) => {
      const canvas = element('canvas');
      drawSample(fitSurface(canvas, WIDTH, HEIGHT).g, entry, palette, hasTail);
      return element('span', { class: entry.isApart ? 'entry is-apart' : 'entry' }, [canvas, entry.words]);
    });
    const hints = keys.map(([name, text]) =>
      element('span', { class: 'entry' }, [element('kbd', { text: name }), text]),
    );
    legend.replaceChildren(...entries, element('span', { class: 'gap' }), ...hints);
    // Without room the keys go before a word is cut: `?` lists them all.
    if (legend.scrollWidth > legend.clientWidth) for (const hint of hints) hint.remove();
  };
}
