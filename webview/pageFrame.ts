/** The page's parts and where they stand; nothing here knows what is shown in them. */
import { element } from './element.js';

export interface PageFrame {
  readonly root: HTMLElement;
  readonly verdict: HTMLElement;
  readonly progress: HTMLElement;
  readonly axis: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly labels: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Stands over the lanes when there is no picture. */
  readonly notice: HTMLElement;
  readonly legend: HTMLElement;
  readonly splitter: HTMLElement;
  readonly panel: HTMLElement;
  readonly findings: HTMLElement;
  readonly details: HTMLElement;
  readonly findingsTab: HTMLButtonElement;
  readonly findingsCount: HTMLElement;
  readonly detailsTab: HTMLButtonElement;
  /** Speaks what is focused in the picture. */
  readonly live: HTMLElement;
  readonly tooltip: HTMLElement;
}

function tab(text: string, controls: string): HTMLButtonElement {
  return element('button', { class: 'tab', role: 'tab', id: `${controls}-tab`, text, aria: { controls } });
}

/** Builds the page inside `root`. */
export function buildFrame(root: HTMLElement): PageFrame {
  const verdict = element('header', { class: 'verdict' });
  const progress = element('div', { class: 'progress' });
  const axis = element('canvas', { aria: { hidden: 'true' } });
  const axisRow = element('div', { class: 'axis' }, [
    element('div', { class: 'column-heads' }, [
      element('span', { text: 'thread' }),
      element('span', { text: 'waited' }),
    ]),
    element('div', { class: 'axis-canvas' }, [axis]),
  ]);
  const labels = element('div', { class: 'labels' });
  const canvas = element('canvas', {
    tabIndex: 0,
    role: 'application',
    aria: { label: 'Timeline: arrows move between events, Enter opens the line, ? lists the keys' },
  });
  const notice = element('div', { class: 'notice' });
  notice.hidden = true;
  const scroller = element('div', { class: 'lanes' }, [
    labels,
    element('div', { class: 'picture' }, [element('div', { class: 'picture-view' }, [canvas])]),
  ]);
  const legend = element('div', { class: 'legend' });
  const splitter = element('div', {
    class: 'splitter',
    role: 'separator',
    tabIndex: 0,
    aria: { orientation: 'horizontal', label: 'Height of the panel', valuenow: '0' },
  });
  const findingsTab = tab('Findings', 'findings');
  const findingsCount = element('span', { class: 'badge' });
  findingsTab.append(findingsCount);
  const detailsTab = tab('Details', 'details');
  const findings = element('div', { class: 'findings', id: 'findings' });
  const details = element('div', {
    class: 'details',
    id: 'details',
    role: 'tabpanel',
    tabIndex: 0,
    aria: { labelledby: 'details-tab' },
  });
  const panel = element('section', { class: 'panel', aria: { label: 'Findings and details' } }, [
    element('div', { class: 'tabs', role: 'tablist' }, [findingsTab, detailsTab]),
    findings,
    details,
  ]);
  const live = element('div', { class: 'spoken', aria: { live: 'polite' } });
  const tooltip = element('div', { class: 'tooltip', id: 'tooltip' });
  root.replaceChildren(
    element('main', { class: 'timeline' }, [
      element('h1', { class: 'spoken', text: 'Trace' }),
      verdict,
      progress,
      axisRow,
      scroller,
      notice,
      legend,
      splitter,
      panel,
    ]),
    live,
    tooltip,
  );
  return {
    root,
    verdict,
    progress,
    axis,
    scroller,
    labels,
    canvas,
    notice,
    legend,
    splitter,
    panel,
    findings,
    details,
    findingsTab,
    findingsCount,
    detailsTab,
    live,
    tooltip,
  };
}
