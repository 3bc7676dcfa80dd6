/** The details tab: the selected interval, or else the finding that is shown, with the source lines. */
import { formatDuration, formatTime } from '../../src/base/formatDuration.js';
import type { IntervalDetails, Standing } from '../../src/protocol/messages.js';
import type { Finding, FindingFrame, FindingThread, LocationRole } from '../../src/protocol/verdict.js';
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

function frameRow(frame: FindingFrame, host: Host, text = frame.function ?? ''): HTMLElement {
  const row = element('div', { class: 'frame' });
  const line = element('div', { class: 'step-line' });
  if (text !== '') line.append(element('span', { text }));
  line.append(link(frame, host.openSource));
  const source = element('div', { class: 'source' });
  source.dataset['file'] = frame.file;
  source.dataset['line'] = String(frame.line);
  row.append(line, source);
  return row;
}

/** `main, join(writer), app.ts:63`: who is stuck behind it, for what, and where. */
function behindRow({ id, name }: FindingThread, standing: readonly Standing[], host: Host): HTMLElement {
  const row = element('div', { text: name });
  const stands = standing.find(({ thread }) => thread === id);
  if (!stands) return row;
  row.append(', ', richText(stands.text, [], host.openSource));
  if (stands.frame) row.append(', ', link(stands.frame, host.openSource));
  return row;
}

function sideOf(finding: Finding, standing: readonly Standing[], host: Host): HTMLElement {
  const side = element('div', { class: 'side' });
  const say = (text: string): HTMLElement => element('div', {}, [richText(text, finding.locations, host.openSource)]);
  if (finding.advice !== '') side.append(section('What to change', say(finding.advice)));
  if (finding.stuckBehind.length > 0) {
    side.append(section('Stuck behind', ...finding.stuckBehind.map((thread) => behindRow(thread, standing, host))));
  }
  const sure = say(finding.howSure);
  sure.classList.add('secondary');
  if (finding.howSure !== '') side.append(section('How sure', sure));
  return side;
}

/** The message without what stands elsewhere: id and grade, and the advice. */
export function linesOf({ id, grade, message, advice }: Finding): string[] {
  const head = `${id} (${grade}): `;
  const text = message.startsWith(head) ? message.slice(head.length) : message;
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && line !== advice);
}

const DEEDS: Readonly<Record<LocationRole, string>> = {
  waits: 'waits',
  holds: 'took it',
  acquires: 'takes it',
  releases: 'gives it back',
  provides: 'provides',
  creates: 'made it',
  starts: 'starts a thread',
  ends: 'ended',
  posts: 'posts',
  listens: 'listens',
  reads: 'reads',
  writes: 'writes',
  submits: 'submits',
  fails: 'failed',
};

/** Each line of the finding once, and what the thread does there. */
function placesOf(finding: Finding): (readonly [FindingFrame, string])[] {
  const names = new Map(finding.threads.map(({ id, name }) => [id, name]));
  const places = new Map<string, readonly [FindingFrame, string]>();
  for (const location of finding.locations) {
    const key = `${location.file}:${location.line}`;
    const name = names.get(location.thread);
    const does = name === undefined ? DEEDS[location.role] : `${name} ${DEEDS[location.role]}`;
    const before = places.get(key)?.[1];
    if (before === undefined) places.set(key, [location, does]);
    else if (!before.split(', ').includes(does)) places.set(key, [location, `${before}, ${does}`]);
  }
  return [...places.values()].slice(0, MOST_FRAMES);
}

function drawFinding(finding: Finding, standing: readonly Standing[], host: Host): HTMLElement {
  const story = storyOf(finding);
  const main = element('div', { class: 'main' });
  if (story) main.append(drawStory(story, host.openSource));
  else {
    for (const line of linesOf(finding)) {
      main.append(element('p', {}, [richText(line, finding.locations, host.openSource)]));
    }
    main.append(...placesOf(finding).map(([location, does]) => frameRow(location, host, does)));
  }
  return element('div', { class: 'split' }, [main, sideOf(finding, standing, host)]);
}

/** From when to when; how long it took is in the title of what is over. */
export function spanOf({ startMs, endMs, open }: IntervalDetails, isLive: boolean): string {
  const start = formatTime(startMs);
  const length = formatDuration(endMs - startMs);
  if (!open) return `from ${start} to ${formatTime(endMs)}`;
  return isLive ? `from ${start} on, ${length} so far` : `from ${start} to the end of the trace, ${length}`;
}

function drawInterval(details: IntervalDetails, isLive: boolean, host: Host): HTMLElement {
  const frames = [...details.frames, ...(details.other?.frames ?? [])];
  const main = element('div', { class: 'main' });
  details.text.forEach((text, i) => {
    const line = element('p', { class: i === 0 ? 'title' : '' });
    line.append(richText(text, frames, host.openSource));
    main.append(line);
  });
  main.append(
    element('p', { class: 'secondary', text: spanOf(details, isLive) }),
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

const keyOf = (file: string, line: number): string => `${file}:${line}`;

/** The texts of source lines, kept: a growing trace draws the panel anew all the time, and its lines stay filled. */
class SourceTexts {
  readonly #host: Host;
  readonly #known = new Map<string, string>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Fills the lines that the panel names: what is known at once, the rest when it comes. */
  async fill(panel: HTMLElement): Promise<void> {
    const places = [...panel.querySelectorAll<HTMLElement>('.source')];
    const missing = places.filter((place) => !this.#show(place));
    if (missing.length === 0) return;
    const frames = missing.map(({ dataset }) => ({ file: dataset['file'] ?? '', line: Number(dataset['line']) }));
    for (const { file, line, text } of await this.#host.askLines(frames)) {
      if (text !== null) this.#known.set(keyOf(file, line), text.trim());
    }
    for (const place of missing) this.#show(place);
  }

  #show(place: HTMLElement): boolean {
    const number = place.dataset['line'] ?? '';
    const text = this.#known.get(keyOf(place.dataset['file'] ?? '', Number(number)));
    if (text === undefined) return false;
    place.replaceChildren(element('span', { text: number }), text);
    return true;
  }
}

/** Replaces what the panel shows; the link that had the focus has it again, when it is still there. */
function replaceContent(panel: HTMLElement, content: HTMLElement): void {
  const links = (): HTMLElement[] => [...panel.querySelectorAll<HTMLElement>('button')];
  const focused = links().findIndex((one) => one === document.activeElement);
  panel.replaceChildren(content);
  if (focused >= 0) (links()[focused] ?? panel).focus();
}

/** Returns what draws the tab anew. */
export function makeDetails(panel: HTMLElement, host: Host): (state: State, before?: State) => void {
  const texts = new SourceTexts(host);
  let shown: unknown;
  return ({ selection, trace, finding: index }, before) => {
    if (selection === before?.selection && trace === before?.trace && index === before?.finding) return;
    const finding = trace?.verdict?.findings[index];
    const isLive = trace?.live === true;
    // A growing trace sends its findings anew each time: only another text is drawn.
    const subject = selection ? [selection, isLive] : finding && trace ? [finding, trace.standing] : null;
    const key = JSON.stringify(subject);
    if (key === shown) return;
    shown = key;
    if (selection) replaceContent(panel, drawInterval(selection, isLive, host));
    else if (finding && trace) replaceContent(panel, drawFinding(finding, trace.standing, host));
    else replaceContent(panel, element('p', { class: 'secondary', text: 'Select a finding or an interval.' }));
    void texts.fill(panel);
  };
}
