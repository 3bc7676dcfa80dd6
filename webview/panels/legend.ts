/** The legend: only the shapes in view, drawn as they are in the lanes, then two keys. */
import { element } from '../element.js';
import type { State } from '../store.js';
import type { Palette } from '../theme.js';
import { frame, type Canvas } from '../timeline/patterns.js';
import { drawBand, drawShape, type Seen, type Shape } from '../timeline/stateShapes.js';
import { fitSurface } from '../timeline/surface.js';

type Sample = Shape | 'held' | 'wanted' | 'deadlocked';

/** In the order of the legend: the words, and those for half the width. */
const WORDS: readonly (readonly [Sample, string, string])[] = [
  ['running', 'running', 'running'],
  ['loop', 'event loop idle', 'idle'],
  ['blocked', 'blocked: wants a lock', 'blocked'],
  ['waiting', 'waiting', 'waiting'],
  ['parked', 'parked', 'parked'],
  ['ended', 'ended', 'ended'],
  ['unknown', 'unknown', 'unknown'],
  ['held', 'lock held', 'held'],
  ['wanted', 'held while others wait', 'wanted'],
  ['deadlocked', 'deadlocked', 'deadlocked'],
];

/** Shapes of dense lanes are told apart by their position. */
const DENSE_WORDS: Partial<Readonly<Record<Sample, string>>> = {
  running: 'running, from the floor',
  blocked: 'blocked, from the ceiling',
};

const WIDTH = 18;
const HEIGHT = 10;

function drawSample(g: Canvas, sample: Sample, palette: Palette): void {
  if (sample === 'deadlocked') frame(g, 0, 0, WIDTH, HEIGHT, palette.deadlock, 2);
  else if (sample === 'held') drawBand(g, false, { x: 0, y: 3, width: WIDTH, height: 4 }, palette);
  else if (sample === 'wanted') drawBand(g, true, { x: 0, y: 2, width: WIDTH, height: 6 }, palette);
  else drawShape(g, sample, { x: sample === 'ended' ? 4 : 0, y: 0, width: WIDTH, height: HEIGHT }, palette);
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
    const isThere = (sample: Sample): boolean => {
      if (sample === 'held') return seen.isHeld;
      if (sample === 'wanted') return seen.isWanted;
      if (sample === 'deadlocked')
        return state.trace?.verdict?.findings.some(({ circle }) => circle.length > 0) === true;
      return seen.shapes.has(sample);
    };
    const samples = WORDS.filter(([sample]) => isThere(sample) && !(state.isNarrow && sample === 'ended'));
    const keys = state.isNarrow ? [] : keysFor(state);
    const key = JSON.stringify([samples, keys, state.isNarrow, seen.isDense, window.devicePixelRatio]);
    if (key === shown && palette === drawnWith) return;
    shown = key;
    drawnWith = palette;
    const entries = samples.map(([sample, long, short]) => {
      const canvas = element('canvas');
      drawSample(fitSurface(canvas, WIDTH, HEIGHT).g, sample, palette);
      const words = state.isNarrow ? short : ((seen.isDense ? DENSE_WORDS[sample] : undefined) ?? long);
      const isFirstBand =
        (sample === 'held' || sample === 'wanted' || sample === 'deadlocked') &&
        sample === samples.find(([one]) => one === 'held' || one === 'wanted' || one === 'deadlocked')?.[0];
      return element('span', { class: isFirstBand ? 'entry is-apart' : 'entry' }, [canvas, words]);
    });
    const hints = keys.map(([name, text]) =>
      element('span', { class: 'entry' }, [element('kbd', { text: name }), text]),
    );
    legend.replaceChildren(...entries, element('span', { class: 'gap' }), ...hints);
  };
}
