/** The details tab: the selected interval, or else the finding that is shown, with the source lines. */
import { formatDuration, formatTime } from '../../src/base/formatDuration.js';
import type { IntervalDetails } from '../../src/protocol/messages.js';
import type { Finding, FindingFrame } from '../../src/protocol/verdict.js';
import { element } from '../element.js';
import type { Host } from '../host.js';
import type { State } from '../store.js';
import { link, richText } from './richText.js';
import { drawStory, storyOf } from './story.js';

/** So many frames of a stack are listed. */
const MOST_FRAMES = 12;

function section(title: string, ...content: (Node | string)[]): HTMLElement {
  return element('section', {}, [element('h2', { text: title }), ...content]);
}

function frameRow(frame: FindingFrame, host: Host): HTMLElement {
  const row = element('div', { class: 'frame' });
  const line = element('div', { class: 'step-line' }, [
    element('span', { text: frame.function ?? '' }),
    link(frame, host.openSource),
  ]);
  const source = element('div', { class: 'source' });
  source.dataset['file'] = frame.file;
  source.dataset['line'] = String(frame.line);
  row.append(line, source);
  return row;
}

function sideOf(finding: Finding, host: Host): HTMLElement {
  const side = element('div', { class: 'side' });
  const say = (text: string): HTMLElement => element('div', {}, [richText(text, finding.locations, host.openSource)]);
  if (finding.advice !== '') side.append(section('What to change', say(finding.advice)));
  if (finding.stuckBehind.length > 0) {
    side.append(section('Stuck behind', ...finding.stuckBehind.map(({ name }) => element('div', { text: name }))));
  }
  const sure = say(finding.howSure);
  sure.classList.add('secondary');
  if (finding.howSure !== '') side.append(section('How sure', sure));
  return side;
}

function drawFinding(finding: Finding, host: Host): HTMLElement {
  const story = storyOf(finding);
  const main = element('div', { class: 'main' });
  if (story) main.append(drawStory(story, host.openSource));
  else {
    for (const line of finding.message.split('\n')) {
      main.append(element('p', {}, [richText(line.trim(), finding.locations, host.openSource)]));
    }
    main.append(...finding.locations.slice(0, MOST_FRAMES).map((location) => frameRow(location, host)));
  }
  return element('div', { class: 'split' }, [main, sideOf(finding, host)]);
}

function drawInterval(details: IntervalDetails, host: Host): HTMLElement {
  const frames = [...details.frames, ...(details.other?.frames ?? [])];
  const main = element('div', { class: 'main' });
  details.text.forEach((text, i) => {
    const line = element('p', { class: i === 0 ? 'title' : '' });
    line.append(richText(text, frames, host.openSource));
    main.append(line);
  });
  const until = details.open ? 'still so at the end of the trace' : `until ${formatTime(details.endMs)}`;
  const length = formatDuration(details.endMs - details.startMs);
  main.append(
    element('p', { class: 'secondary', text: `${formatTime(details.startMs)}, ${length}, ${until}` }),
    ...details.frames.slice(0, MOST_FRAMES).map((frame) => frameRow(frame, host)),
  );
  const side = element('div', { class: 'side' });
  if (details.other && details.other.frames.length > 0) {
    const { label } = details.other;
    const heading = label.charAt(0).toUpperCase() + label.slice(1);
    side.append(section(heading, ...details.other.frames.slice(0, MOST_FRAMES).map((frame) => frameRow(frame, host))));
  }
  return element('div', { class: 'split' }, [main, side]);
}

/** Asks for the texts of the lines that the panel names, once for all. */
async function fillSources(panel: HTMLElement, host: Host): Promise<void> {
  const places = [...panel.querySelectorAll<HTMLElement>('.source')];
  if (places.length === 0) return;
  const frames = places.map(({ dataset }) => ({ file: dataset['file'] ?? '', line: Number(dataset['line']) }));
  const lines = await host.askLines(frames);
  places.forEach((place, i) => {
    const text = lines[i]?.text;
    if (text === null || text === undefined) return;
    const number = element('span', { text: String(lines[i]?.line ?? '') });
    place.replaceChildren(number, text.trim());
  });
}

/** Returns what draws the tab anew. */
export function makeDetails(panel: HTMLElement, host: Host): (state: State) => void {
  let shown: unknown;
  return ({ selection, trace, finding: index }) => {
    const finding = trace?.verdict?.findings[index];
    // A growing trace sends its findings anew each time: only another text is drawn.
    const key = selection ?? (finding && trace ? JSON.stringify(finding) : null);
    if (key === shown) return;
    shown = key;
    if (selection) panel.replaceChildren(drawInterval(selection, host));
    else if (finding && trace) panel.replaceChildren(drawFinding(finding, host));
    else panel.replaceChildren(element('p', { class: 'secondary', text: 'Select a finding or an interval.' }));
    void fillSources(panel, host);
  };
}
