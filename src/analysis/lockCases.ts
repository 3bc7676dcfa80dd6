/** A lock that its owner cannot give back: because it waits for it itself, or because it has ended. */
import type { Nanos } from '../base/brand.js';
import type { Hold } from '../model/intervals.js';
import type { ThreadModel } from '../model/threadModel.js';
import type { DeadEdge } from './deadEdges.js';
import { requestDoubt } from './deadlockCase.js';
import type { FindingLocation } from './finding.js';
import { LEVELS, type DeadThread } from './liveness.js';
import type { StuckCase } from './stuckFinding.js';
import { listed, type Wording } from './wording.js';

const holdLocation = (wording: Wording, hold: Hold): FindingLocation[] =>
  wording.locations('holds', hold.thread, hold.lock, hold.stack, hold.since);

const waitLocation = (wording: Wording, { wait }: DeadThread): FindingLocation[] =>
  wait === null ? [] : wording.locations('waits', wait.thread, wait.object, wait.stack, wait.since);

/** A thread waits for a lock that it holds. */
export function selfDeadlockCase(wording: Wording, one: DeadThread, { hold, object }: DeadEdge): StuckCase {
  const { thread, wait, grade, since } = one;
  const name = wording.naming.thread(thread.id);
  const lock = wording.object(object);
  const held = hold as Hold;
  return {
    id: 'self-deadlock',
    grade,
    title: `${name} waits for itself`,
    sentence: `${wording.thread(thread.id)} waits for ${lock}, which it holds itself.`,
    story: [
      `${name} holds ${lock}${wording.inBrackets(held.stack)} and ${wait === null ? '' : `waits for it again${wording.inBrackets(wait.stack)}`}`,
    ],
    verdict: `\`${name}\` waits for ${lock}${wording.shortAt(wait?.stack ?? -1)}, which it holds itself since${wording.shortAt(held.stack).replace(' at', '') || ' before'}.`,
    threads: [thread.id],
    objects: [object],
    locations: [...holdLocation(wording, held), ...waitLocation(wording, one)],
    advice:
      wait?.request === undefined
        ? `Give ${lock} back before it is taken again, or make it an RLock, which its owner may take again.`
        : `Give ${lock} back before it is asked for again: a Web Lock cannot be taken twice.`,
    howSure:
      wait?.request !== undefined && grade !== 'certain'
        ? requestDoubt(grade)
        : grade === 'certain'
          ? 'Only the owner gives this lock back, and the owner waits for it without a timeout.'
          : 'Another thread could be meant to give this lock back; none was seen to.',
    since,
    waitsSince: [since],
  };
}

/** How a thread ended, for a sentence about it, and where: at a line of its own if it failed, else where it was terminated. */
export interface ThreadEnding {
  readonly how: string;
  readonly stack: number;
  readonly at: Nanos;
}

export function endingOf(wording: Wording, { ended, failed, terminated, exitCode }: ThreadModel): ThreadEnding {
  const at = (ended?.t ?? 0) as Nanos;
  if (failed !== null)
    return { how: `ended with ${article(failed.error)} ${failed.error}`, stack: failed.stack, at: failed.t };
  if (terminated !== null) {
    return {
      how: `was terminated by ${wording.naming.thread(terminated.thread)}`,
      stack: terminated.stack,
      at: terminated.t,
    };
  }
  const code = exitCode === null || exitCode === 0 ? '' : ` with exit code ${exitCode}`;
  return { how: `ended${code}`, stack: ended?.stack ?? -1, at };
}

const article = (noun: string): string => (/^[aeiou]/i.test(noun) ? 'an' : 'a');

/** The owner of a lock has ended; `waiters` may be empty. */
export function abandonedLockCase(
  wording: Wording,
  hold: Hold,
  owner: ThreadModel,
  waiters: readonly DeadThread[],
  now: Nanos,
): StuckCase {
  const lock = wording.object(hold.lock);
  const name = wording.naming.thread(owner.id);
  const ending = endingOf(wording, owner);
  const names = waiters.map(({ thread }) => wording.naming.thread(thread.id));
  const wait = waiters.length === 1 ? 'waits' : 'wait';
  const labels = listed(waiters.map(({ thread }) => wording.thread(thread.id)));
  const since =
    waiters.length === 0 ? now : (Math.max(ending.at, Math.min(...waiters.map((one) => one.since))) as Nanos);
  const tail = waiters.length === 0 ? '.' : `; ${labels} ${wait} for it.`;
  return {
    id: 'abandoned-lock',
    grade: LEVELS.filter((level) => waiters.some(({ grade }) => grade === level))[0] ?? 'certain',
    title: `${wording.naming.object(hold.lock)} of ${name}`,
    sentence: `${wording.thread(owner.id)} ${ending.how} while it held ${lock}${tail}`,
    story: [
      `${name} holds ${lock}${wording.inBrackets(hold.stack)} and ${ending.how}${wording.inBrackets(ending.stack)}`,
      ...waiters.map(
        (one) =>
          `${wording.naming.thread(one.thread.id)} waits for ${lock}${wording.inBrackets(one.wait?.stack ?? -1)}`,
      ),
    ],
    verdict: `\`${name}\` ${ending.how}${wording.shortAt(ending.stack)} while it held ${lock}${
      waiters.length === 0 ? '' : `; ${listed(names.map((one) => `\`${one}\``))} ${wait} for it`
    }.`,
    threads: [owner.id, ...waiters.map(({ thread }) => thread.id)],
    objects: [hold.lock],
    locations: [
      ...holdLocation(wording, hold),
      ...wording.locations('ends', owner.id, hold.lock, ending.stack, ending.at),
      ...waiters.flatMap((one) => waitLocation(wording, one)),
    ],
    advice: adviceFor(wording, hold, lock),
    howSure: 'The owner has ended without giving the lock back.',
    since,
    waitsSince: waiters.map((one) => one.since),
  };
}

function adviceFor(wording: Wording, hold: Hold, lock: string): string {
  const place = wording.place(hold.stack);
  return `Give ${lock} back in a finally block${place === null ? '' : ` after ${place}`}.`;
}
