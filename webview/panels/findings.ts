/** The list of findings, worst first: two lines a row. One stop for the keyboard, arrows inside. */
import { formatDuration, formatTime } from '../../src/base/formatDuration.js';
import type { Finding } from '../../src/protocol/verdict.js';
import { element } from '../element.js';
import { icon } from '../icons.js';
import type { State } from '../store.js';
import { lineName } from './richText.js';

export interface FindingsOptions {
  readonly list: HTMLElement;
  /** `tab`: what half a width shows then. Arrows stay in the list. */
  readonly show: (index: number, tab: State['tab']) => void;
  /** Opens the finding's first line. */
  readonly open: (finding: Finding) => void;
}

/** Lines, effect and grade: `store.ts:48, query.ts:20 · 3 stuck behind · certain`. */
export function findingEffect(finding: Finding): string {
  const waiting = finding.locations.filter((location) => location.role === 'waits');
  const shown = waiting.length > 0 ? waiting : finding.locations;
  const lines = [...new Set(shown.map(lineName))].slice(0, 2).join(', ');
  const behind = finding.stuckBehind.length;
  const effect = behind === 0 ? '' : `${behind} stuck behind`;
  return [lines, effect, finding.grade].filter((part) => part !== '').join(' · ');
}

/** When it came to be, for an error: the last of its waits; what it cost, for the rest. */
export function findingMeasure(finding: Finding): string {
  const isCost = finding.severity !== 'error' && finding.cost.waitMs > 0;
  if (isCost) return formatDuration(finding.cost.waitMs);
  const waits = finding.locations.filter((location) => location.role === 'waits').map((location) => location.timeMs);
  return formatTime(waits.length > 0 ? Math.max(...waits) : finding.startMs);
}

function row(finding: Finding, index: number, isShown: boolean, show: () => void): HTMLElement {
  return element(
    'div',
    {
      class: 'finding',
      role: 'option',
      id: `finding-${index}`,
      aria: { selected: String(isShown) },
      onClick: show,
    },
    [
      icon(finding.severity, finding.severity),
      element('span', { class: 'title', text: finding.title }),
      element('span', { class: 'measure', text: findingMeasure(finding) }),
      element('span', { class: 'effect', text: findingEffect(finding) }),
    ],
  );
}

/** Returns what fills the list anew. */
export function makeFindings({ list, show, open }: FindingsOptions): (state: State) => void {
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Findings');
  list.tabIndex = 0;
  let findings: readonly Finding[] = [];
  let shown = -1;
  const moves: Readonly<Record<string, () => number>> = {
    ArrowDown: () => Math.min(shown + 1, findings.length - 1),
    ArrowUp: () => Math.max(shown - 1, 0),
    Home: () => 0,
    End: () => findings.length - 1,
  };
  list.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    const finding = findings[shown];
    if (move && findings.length > 0) show(move(), 'findings');
    else if (event.key === 'Enter' && finding) open(finding);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return (state) => {
    findings = state.trace?.verdict?.findings ?? [];
    shown = state.finding;
    list.replaceChildren(...findings.map((finding, i) => row(finding, i, i === shown, () => show(i, 'details'))));
    if (findings[shown]) {
      list.setAttribute('aria-activedescendant', `finding-${shown}`);
      list.querySelector(`#finding-${shown}`)?.scrollIntoView({ block: 'nearest' });
    } else list.removeAttribute('aria-activedescendant');
    if (findings.length === 0) {
      const text = state.trace?.verdict ? 'No findings.' : 'Findings follow when all events are read.';
      list.append(element('div', { class: 'nothing', role: 'option', text, aria: { selected: 'false' } }));
    }
  };
}
