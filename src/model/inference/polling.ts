/**
 * Threads that look at one word again and again, in a loop that nothing but shared memory ends: by waits with a timeout, or
 * by operations that change nothing. Such a thread waits, though it never sleeps for long.
 */
import { OP, WORD_WRITE } from '../../trace/ops.js';
import type { Wait } from '../intervals.js';
import type { EventCursor } from '../step.js';
import type { ThreadModel } from '../threadModel.js';
import type { CodePlaces } from './codePlaces.js';
import { isPureLoop } from './siteFacts.js';
import { element } from './wordOperation.js';

/** All that a thread has written since, and only of this word. */
export interface Polling {
  readonly word: number;
  readonly since: Wait['since'];
  readonly stack: number;
  count: number;
  /** What stood in the word when it was looked at last. */
  value: number;
}

const LEAST_EVENTS = 10;
const LEAST_NS = 1e9;
/** Later than its next look should have been: it does something else. */
const LATEST_NS = 500e6;

const LOOKS: boolean[] = [];
for (const op of ['word.wait', 'word.timeout', 'word.unequal', 'word.missed', 'word.load'] as const)
  LOOKS[OP[op]] = true;
const EXCHANGE = WORD_WRITE.exchange;

/** What the thread's polling is after an event; null: it does not poll. */
export function polledOn(before: Polling | null, event: EventCursor, places: CodePlaces): Polling | null {
  const { op, object, arg, extra, stack, t } = event;
  const isLook = LOOKS[op] === true || (op === EXCHANGE && element(arg) === element(extra));
  if (!isLook) return null;
  const { facts } = places.of(stack);
  if (facts === null || !isPureLoop(facts)) return null;
  const polling = before?.word === object ? before : { word: object, since: t, stack, count: 0, value: NaN };
  polling.count += op === OP['word.missed'] || op === OP['word.load'] ? Math.max(1, extra) : 1;
  if (!Number.isNaN(arg)) polling.value = element(arg);
  return polling;
}

/** The wait that a thread's polling is; null: it may be something else yet. */
export function pollingWait({ id, polling, wait, lastTime }: ThreadModel, now: Wait['since']): Wait | null {
  if (polling === null || polling.count < LEAST_EVENTS || now - polling.since < LEAST_NS) return null;
  if (now - lastTime > (wait?.timeoutMs ?? 0) * 1e6 + LATEST_NS) return null;
  return {
    thread: id,
    family: 'word',
    op: OP['word.wait'],
    object: polling.word,
    stack: polling.stack,
    arg: polling.value,
    since: polling.since,
    until: now,
    timeoutMs: null,
    outcome: 'open',
    endedByThread: -1,
    endedByStack: -1,
    ownerAtStart: -1,
  };
}
