/** The bar on top: the sentence, the counts that open the list, and the tools; Follow, Pause and Stop while it grows. */
import type { Severity } from '../../src/protocol/verdict.js';
import { element } from '../element.js';
import type { Host } from '../host.js';
import { icon, type IconName } from '../icons.js';
import type { Navigation } from '../navigation.js';
import type { State } from '../store.js';
import { richText } from './richText.js';
import { verdictText } from './verdictText.js';

export interface VerdictBarOptions {
  readonly bar: HTMLElement;
  readonly host: Host;
  readonly navigation: Navigation;
  readonly showFindings: () => void;
  readonly showKeys: () => void;
}

const SEVERITIES: readonly (readonly [Severity, string])[] = [
  ['error', 'error'],
  ['warning', 'warning'],
  ['note', 'note'],
];

function tool(name: IconName, label: string, act: () => void, text = '', isOn?: boolean): HTMLButtonElement {
  const button = element('button', { class: 'tool', title: label, aria: { label }, onClick: act }, [icon(name)]);
  if (text !== '') button.append(text);
  if (isOn !== undefined) button.setAttribute('aria-pressed', String(isOn));
  return button;
}

function counts(state: State, showFindings: () => void): HTMLElement[] {
  const findings = state.trace?.verdict?.findings ?? [];
  return SEVERITIES.flatMap(([severity, word]) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    if (count === 0) return [];
    const label = `${count} ${word}${count === 1 ? '' : 's'}: show the findings`;
    const button = element('button', { class: 'tool', title: label, aria: { label }, onClick: showFindings }, [
      icon(severity, severity),
      String(count),
    ]);
    return [button];
  });
}

function liveTools(state: State, { host, navigation }: VerdictBarOptions): HTMLElement[] {
  const words = state.isNarrow ? ['Follow', '', ''] : ['Follow', 'Pause', 'Stop'];
  return [
    tool('follow', 'Follow the end', () => navigation.follow(true), words[0], state.isFollowing),
    tool('pause', 'Pause: keep this range', () => navigation.follow(false), words[1], !state.isFollowing),
    tool('stop', 'Stop the program', () => host.post({ type: 'stop' }), words[2]),
  ];
}

/** Returns what draws the bar anew. The sentence is only replaced when it changed: it is spoken when it does. */
export function makeVerdictBar(options: VerdictBarOptions): (state: State) => void {
  const { bar, host, navigation } = options;
  const mark = element('span', { class: 'verdict-mark' });
  const sentence = element('p', { role: 'status' });
  const tools = element('div', { class: 'tools' });
  bar.replaceChildren(mark, sentence, tools);
  let said = '';
  let shownTools = '';

  return (state) => {
    const text = verdictText(state);
    const isLive = state.trace?.live === true;
    const key = JSON.stringify([text.icon, text.lead, text.sentence, text.rest, text.also, isLive, state.isNarrow]);
    if (key !== said) {
      said = key;
      const frames = text.finding?.locations ?? [];
      const open = host.openSource;
      mark.replaceChildren(...(isLive ? [element('span', { class: 'recording' })] : [icon(text.icon, text.tone)]));
      sentence.replaceChildren();
      if (text.lead !== '') sentence.append(element('b', { text: text.lead }), ' ');
      sentence.append(richText(text.sentence, frames, open));
      if (text.rest !== '') {
        const rest = element('span', { class: 'secondary' });
        rest.append(' ', richText(text.rest, frames, open));
        sentence.append(rest);
      }
      if (text.also !== '') {
        const lines = sentence.offsetHeight;
        const also = element('span', { class: 'secondary', text: ` ${text.also}` });
        sentence.append(also);
        if (sentence.offsetHeight > lines) also.remove();
      }
    }
    const severities = state.trace?.verdict?.findings.map((finding) => finding.severity).join() ?? '';
    const toolKey = [state.trace !== null, severities, isLive, state.isFollowing, state.isNarrow].join(' ');
    if (toolKey === shownTools) return;
    shownTools = toolKey;
    tools.replaceChildren(
      ...(state.isNarrow ? [] : counts(state, options.showFindings)),
      ...(isLive ? liveTools(state, options) : []),
      ...(state.trace ? [tool('whole', 'Whole trace (0)', () => navigation.showWhole())] : []),
      tool('help', 'Keyboard (?)', options.showKeys),
    );
  };
}
