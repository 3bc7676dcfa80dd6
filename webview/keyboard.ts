/** The keys of the timeline, as data: the sheet, the legend and the handler read the same table. */
import type { Navigation } from './navigation.js';

export interface Key {
  readonly group: 'Move' | 'Findings' | 'Source' | 'Lanes' | 'Everything';
  readonly text: string;
  /** As the sheet shows them. */
  readonly keys: readonly string[];
  /** `KeyboardEvent.key`, lower case where case does not matter, with `Alt+` before it. */
  readonly on: readonly (readonly [key: string, act: (to: KeyTarget) => void])[];
}

export interface KeyTarget {
  readonly navigation: Navigation;
  toggleSheet(): void;
  /** True when there was a sheet to close. */
  closeSheet(): boolean;
}

const PAN = 0.2;
const ZOOM = 1.5;

export const KEYS: readonly Key[] = [
  {
    group: 'Move',
    text: 'Earlier, later',
    keys: ['A', 'D'],
    on: [
      ['a', ({ navigation }) => navigation.pan(-PAN)],
      ['d', ({ navigation }) => navigation.pan(PAN)],
    ],
  },
  {
    group: 'Move',
    text: 'Closer, farther',
    keys: ['W', 'S'],
    on: [
      ['w', ({ navigation }) => navigation.zoom(1 / ZOOM)],
      ['s', ({ navigation }) => navigation.zoom(ZOOM)],
      ['+', ({ navigation }) => navigation.zoom(1 / ZOOM)],
      ['=', ({ navigation }) => navigation.zoom(1 / ZOOM)],
      ['-', ({ navigation }) => navigation.zoom(ZOOM)],
    ],
  },
  {
    group: 'Move',
    text: 'Lane up, down',
    keys: ['↑', '↓'],
    on: [
      ['ArrowUp', ({ navigation }) => navigation.stepRow(-1)],
      ['ArrowDown', ({ navigation }) => navigation.stepRow(1)],
    ],
  },
  {
    group: 'Move',
    text: 'Event before, after',
    keys: ['←', '→'],
    on: [
      ['ArrowLeft', ({ navigation }) => navigation.stepInterval('before')],
      ['ArrowRight', ({ navigation }) => navigation.stepInterval('after')],
    ],
  },
  { group: 'Move', text: 'Whole trace', keys: ['0'], on: [['0', ({ navigation }) => navigation.showWhole()]] },
  {
    group: 'Move',
    text: 'Fit the selection',
    keys: ['.'],
    on: [['.', ({ navigation }) => navigation.showSelection()]],
  },
  {
    group: 'Findings',
    text: 'Next, previous finding',
    keys: ['n', 'N'],
    on: [
      ['n', ({ navigation }) => navigation.stepFinding(1)],
      ['N', ({ navigation }) => navigation.stepFinding(-1)],
    ],
  },
  {
    group: 'Findings',
    text: 'Who caused this wait',
    keys: ['['],
    on: [['[', ({ navigation }) => void navigation.whoCaused()]],
  },
  {
    group: 'Findings',
    text: 'Back to whom it delays',
    keys: [']'],
    on: [[']', ({ navigation }) => navigation.whomItDelays()]],
  },
  {
    group: 'Source',
    text: 'Open the line beside',
    keys: ['Enter'],
    on: [['Enter', ({ navigation }) => navigation.openSelected('own')]],
  },
  {
    group: 'Source',
    text: 'Line of the other end',
    keys: ['Alt', 'Enter'],
    on: [['Alt+Enter', ({ navigation }) => navigation.openSelected('other')]],
  },
  {
    group: 'Lanes',
    text: 'Locks of this thread',
    keys: ['L'],
    on: [['l', ({ navigation }) => navigation.toggleLocks()]],
  },
  { group: 'Everything', text: 'Keyboard', keys: ['?'], on: [['?', (to) => to.toggleSheet()]] },
  {
    group: 'Everything',
    text: 'Step back',
    keys: ['Esc'],
    on: [['Escape', (to) => void (to.closeSheet() || to.navigation.escape())]],
  },
];

const actions = new Map(KEYS.flatMap((key) => key.on));

/** Acts on a key; true when it was one of ours. */
export function actOnKey(event: KeyboardEvent, target: KeyTarget): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  const name = event.altKey ? `Alt+${event.key}` : event.key;
  const act = actions.get(name) ?? actions.get(name.toLowerCase());
  act?.(target);
  return act !== undefined;
}
