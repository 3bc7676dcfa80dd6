import { millisFromNanos } from '../base/brand.js';
import { formatDuration, formatTime } from '../base/formatDuration.js';
import type { FindingFrame } from '../analysis/finding.js';
import type { Naming } from '../analysis/naming.js';
import { THREAD_STATE, type ThreadState } from '../model/threadState.js';
import { opSpec, type OpName } from '../trace/ops.js';
import type { HoldRow } from './holdTable.js';
import type { WaitRow } from './waitTable.js';

/** What a wait waits for, said of the operation that ended it. */
const PROVISIONS: Readonly<Partial<Record<OpName, string>>> = {
  'thread.join': 'the end',
  'lock.acquire': 'a release',
  'semaphore.acquire': 'a release',
  'condition.wait': 'a notify',
  'event.wait': 'a set',
  'barrier.wait': 'the arrival',
  'queue.put': 'a get',
  'queue.get': 'a put',
  'queue.join': 'the last task done',
  'word.wait': 'a notify',
  'word.waitAsync': 'a notify',
  'task.wait': 'the result',
};

/** States without a wait, as a sentence about the thread. */
const STATE_VERBS: Readonly<Partial<Record<ThreadState, string>>> = {
  [THREAD_STATE.notStarted]: 'has not started yet',
  [THREAD_STATE.running]: 'runs',
  [THREAD_STATE.loop]: 'is in its event loop',
  [THREAD_STATE.blocked]: 'is blocked',
  [THREAD_STATE.waiting]: 'waits',
  [THREAD_STATE.parked]: 'is parked',
  [THREAD_STATE.sleeping]: 'sleeps',
  [THREAD_STATE.ended]: 'has ended',
  [THREAD_STATE.livesOn]: 'has ended, and its worker lives on',
};

/** What a thread waits for, as short as a list needs it: `join(writer)`, `blocked on \`cache\``; null: for nothing. */
export function standingText(naming: Naming, state: number, object: number): string | null {
  if (object < 0) return `join(${naming.thread(-1 - object)})`;
  const name = object === 0 ? '' : ` ${quoted(naming.object(object))}`;
  switch (state) {
    case THREAD_STATE.blocked:
      return name ? `blocked on${name}` : 'blocked';
    case THREAD_STATE.waiting:
      return name ? `waits for${name}` : 'waits';
    case THREAD_STATE.parked:
      return name ? `parked on${name}` : 'parked in `Atomics.wait`';
    default:
      return null;
  }
}

/** A stretch of time in nanoseconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export const durationText = (ns: number): string => formatDuration(millisFromNanos(ns));
export const timeText = (ns: number): string => formatTime(millisFromNanos(ns));

/** ` at save.ts:34`, or nothing when the place is not known. */
export function placeText(frames: readonly FindingFrame[]): string {
  const [frame] = frames;
  return frame ? ` at ${frame.file.split('/').at(-1)}:${frame.line}` : '';
}

export function stateText(naming: Naming, thread: number, state: number, { start, end }: Span): string[] {
  const name = quoted(naming.thread(thread));
  const verb = STATE_VERBS[state as ThreadState] ?? 'is in a state of unknown meaning';
  if (state === THREAD_STATE.notStarted || state === THREAD_STATE.ended) return [`${name} ${verb}`];
  return [`${name} ${verb}, ${durationText(end - start)}`, `${timeText(start)} to ${timeText(end)}`];
}

export function unknownText(naming: Naming, thread: number, dropped: number, { start, end }: Span): string[] {
  const name = quoted(naming.thread(thread));
  return [
    `Unknown, ${durationText(end - start)}`,
    dropped > 0
      ? `${dropped} events of ${name} were dropped: the buffer was full`
      : `what ${name} did was not recorded`,
  ];
}

/** The lock's holders while it was wanted: how many, and who held it longest. */
export interface OwnersBefore {
  readonly count: number;
  readonly longestThread: number;
  readonly longestNs: number;
}

/** Who holds the lock now, and since when. */
export interface OwnerNow {
  readonly thread: number;
  readonly since: number;
  readonly frames: readonly FindingFrame[];
}

export interface WaitFacts extends Span {
  readonly thread: number;
  readonly state: number;
  /** As a tile says it: `-1 - id` for a thread, 0 for none. */
  readonly object: number;
  readonly frames: readonly FindingFrame[];
  readonly endedByFrames: readonly FindingFrame[];
  readonly owner: OwnerNow | null;
  readonly before: OwnersBefore | null;
}

export function waitText(naming: Naming, wait: WaitRow, facts: WaitFacts): string[] {
  const lasted = durationText(facts.end - facts.start);
  const name = quoted(naming.thread(facts.thread));
  const place = placeText(facts.frames);
  const target = facts.object < 0 ? naming.thread(-1 - facts.object) : facts.object > 0 && naming.object(facts.object);
  const on = target ? quoted(target) : 'something unknown';
  switch (facts.state) {
    case THREAD_STATE.blocked:
      return [
        `${name} is blocked on ${on}, ${lasted}`,
        place ? `wants it${place}, since ${timeText(wait.since)}` : `wants it since ${timeText(wait.since)}`,
        ...blockedEnd(naming, wait, facts),
      ];
    case THREAD_STATE.parked:
      return [
        `${name} is parked, ${lasted}`,
        `\`Atomics.wait\`${place}, ${target || on}`,
        ...waitEnd(naming, wait, facts),
      ];
    case THREAD_STATE.sleeping:
      return [`${name} sleeps, ${lasted}`, ...(place ? [`sleep${place}`] : [])];
    default: {
      const forWhat = facts.object < 0 ? `the end of ${on}` : on;
      const verb = opSpec(wait.op)?.name.split('.')[1] ?? 'wait';
      return [
        `${name} waits for ${forWhat}, ${lasted}`,
        ...(place ? [`${verb}${place}`] : []),
        ...waitEnd(naming, wait, facts),
      ];
    }
  }
}

function blockedEnd(naming: Naming, wait: WaitRow, { owner, before, end }: WaitFacts): string[] {
  if (wait.outcome !== 'open' && wait.outcome !== 'done') return outcomeText(wait, end);
  if (owner) {
    const taken = placeText(owner.frames);
    return [
      `${quoted(naming.thread(owner.thread))} holds it since ${timeText(owner.since)}${taken && `, taken${taken}`}`,
    ];
  }
  if (!before || before.count === 0) return wait.outcome === 'open' ? ['who holds it is not known'] : [];
  const longest = quoted(naming.thread(before.longestThread));
  const held = durationText(before.longestNs);
  return [
    before.count === 1
      ? `${longest} held it before, ${held}`
      : `${before.count} owners came before it; ${longest} held it longest, ${held}`,
  ];
}

function waitEnd(naming: Naming, wait: WaitRow, { endedByFrames, end }: WaitFacts): string[] {
  const name = opSpec(wait.op)?.name as OpName | undefined;
  const provision = (name && PROVISIONS[name]) ?? 'an event';
  if (wait.outcome === 'done' && wait.endedByThread >= 0) {
    return [`ended by ${provision} of ${quoted(naming.thread(wait.endedByThread))}${placeText(endedByFrames)}`];
  }
  return outcomeText(wait, end);
}

function outcomeText(wait: WaitRow, end: number): string[] {
  const limit = wait.timeoutMs === null ? '' : formatDuration(wait.timeoutMs);
  switch (wait.outcome) {
    case 'open':
      return [
        wait.timeoutMs === null ? 'nothing has ended it yet' : `nothing has ended it yet; it gives up after ${limit}`,
      ];
    case 'timeout':
      return [`gave up after its timeout${limit && ` of ${limit}`}`];
    case 'refused':
      return ['was refused'];
    case 'threadEnded':
      return [`the thread ended while it waited, at ${timeText(end)}`];
    case 'done':
      return [];
  }
}

export interface HoldFacts {
  readonly thread: number;
  readonly object: number;
  readonly frames: readonly FindingFrame[];
  /** Up to when the trace goes: the end of what is still held. */
  readonly now: number;
}

export function holdText(naming: Naming, hold: HoldRow, { thread, object, frames, now }: HoldFacts): string[] {
  const isOpen = Number.isNaN(hold.until);
  const until = isOpen ? now : hold.until;
  const time = isOpen ? `since ${timeText(hold.since)}` : `${timeText(hold.since)} to ${timeText(until)}`;
  const place = placeText(frames);
  const waited = hold.waits === 1 ? '1 thread waited' : `${hold.waits} threads waited`;
  const next = hold.nextThread < 0 ? '' : `; ${quoted(naming.thread(hold.nextThread))} got it next`;
  const after = next && !Number.isNaN(hold.nextWaitedNs) ? `, after ${durationText(hold.nextWaitedNs)}` : '';
  return [
    `${quoted(naming.thread(thread))} holds ${quoted(naming.object(object))}, ${durationText(until - hold.since)}`,
    place ? `taken${place}, ${time}` : time,
    ...(hold.waits > 0 ? [`${waited}${next}${after}`] : []),
  ];
}

export function quoted(name: string): string {
  return `\`${name}\``;
}
