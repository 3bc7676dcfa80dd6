/** A cycle or an order as columns, one a thread, rows in the order of time: what each took and what it waits for. */
import { formatTime } from '../../src/base/formatDuration.js';
import type { Finding, FindingLocation, FindingThread } from '../../src/protocol/verdict.js';
import { element } from '../element.js';
import { link, type OpenFrame } from './richText.js';

export interface StoryStep {
  readonly thread: number;
  readonly timeMs: number;
  readonly kind: 'takes' | 'waits';
  readonly object: string;
  /** Who holds what it waits for. */
  readonly holder: string | null;
  readonly location: FindingLocation;
}

export interface Story {
  readonly threads: readonly FindingThread[];
  readonly steps: readonly StoryStep[];
}

const TAKING: ReadonlySet<string> = new Set(['holds', 'acquires']);

/** The columns of a finding, or null when it has no two threads that take or wait for something. */
export function storyOf(finding: Finding): Story | null {
  const objects = new Map(finding.objects.map((object) => [object.id, object.name]));
  const threads = new Map(finding.threads.map((thread) => [thread.id, thread]));
  const holderOf = (location: FindingLocation): string | null => {
    const member = finding.circle.find((one) => one.thread === location.thread && one.waitsFor === location.object);
    return member ? (threads.get(member.waitsForThread)?.name ?? null) : null;
  };
  const steps = finding.locations
    .filter((location) => threads.has(location.thread) && (TAKING.has(location.role) || location.role === 'waits'))
    .map((location) => ({
      thread: location.thread,
      timeMs: location.timeMs,
      kind: TAKING.has(location.role) ? ('takes' as const) : ('waits' as const),
      object: objects.get(location.object ?? 0) ?? '',
      holder: holderOf(location),
      location,
    }))
    .sort((a, b) => a.timeMs - b.timeMs);
  const columns = finding.threads.filter((thread) => steps.some((step) => step.thread === thread.id));
  const isOrder = columns.length > 1 && steps.every(({ kind }) => kind === 'takes');
  const isStory = columns.length > 0 && steps.length > 1 && (finding.circle.length > 0 || isOrder);
  return isStory ? { threads: columns, steps } : null;
}

function stepCell(step: StoryStep, open: OpenFrame): HTMLElement {
  const cell = element('div', { class: `step is-${step.kind}` });
  const line = element('div', { class: 'step-line' });
  const text = element('span');
  text.append(step.kind === 'takes' ? 'takes ' : 'waits for ');
  text.append(element('code', { text: step.object === '' ? 'something unnamed' : step.object }));
  if (step.holder !== null) text.append(`, which ${step.holder} holds`);
  line.append(text, link(step.location, open));
  const source = element('div', { class: 'source' });
  source.dataset['file'] = step.location.file;
  source.dataset['line'] = String(step.location.line);
  cell.append(line, source);
  return cell;
}

/** The edge of a column beside another thread's step: solid while it holds, dashed while it waits. */
function edgeAt(story: Story, thread: number, index: number): string {
  const before = story.steps.slice(0, index).filter((step) => step.thread === thread);
  const last = before[before.length - 1];
  return last ? `is-${last.kind}` : '';
}

export function drawStory(story: Story, open: OpenFrame): HTMLElement {
  const grid = element('div', { class: 'story' });
  grid.style.gridTemplateColumns = `58px repeat(${story.threads.length}, minmax(160px, 1fr))`;
  grid.append(element('div', { class: 'head' }));
  for (const thread of story.threads) grid.append(element('div', { class: 'head', text: thread.name }));
  story.steps.forEach((step, i) => {
    grid.append(element('div', { class: 'when', text: formatTime(step.timeMs) }));
    for (const thread of story.threads) {
      grid.append(
        step.thread === thread.id
          ? stepCell(step, open)
          : element('div', { class: `step is-between ${edgeAt(story, thread.id, i)}` }),
      );
    }
  });
  return grid;
}
