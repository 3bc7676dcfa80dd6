/** A lock that its owner cannot give back: because it waits for it itself, or because it has ended. */
import type { Nanos } from '../base/brand.js';
import type { Hold } from '../model/intervals.js';
import type { Deed, ThreadModel } from '../model/threadModel.js';
import type { DeadEdge } from './deadEdges.js';
import { requestDoubt } from './deadlockCase.js';
import type { FindingLocation } from './finding.js';
import { LEVELS, type DeadThread } from './liveness.js';
import { selfAdvice, waitsAgain, writersBetween } from './selfAdvice.js';
import type { StuckCase } from './stuckFinding.js';
import { listed, type Wording } from './wording.js';

const holdLocation = (wording: Wording, hold: Hold): FindingLocation[] =>
  wording.locations('holds', hold.thread, hold.lock, hold, hold.since);

const waitLocation = (wording: Wording, { wait }: DeadThread): FindingLocation[] =>
  wait === null ? [] : wording.locations('waits', wait.thread, wait.object, wait, wait.since);

/** A thread waits for a lock that it holds. */
export function selfDeadlockCase(wording: Wording, one: DeadThread, { hold, object }: DeadEdge): StuckCase {
  const { thread, wait, grade, since } = one;
  const name = wording.naming.thread(thread.id);
  const lock = wording.object(object);
  const held = hold as Hold;
  const between = writersBetween(wording.model, held, wait);
  return {
    id: 'self-deadlock',
    grade,
    title: `${name} waits for itself`,
    sentence: `${wording.thread(thread.id)} waits for ${lock}, which it holds itself${held.shared ? ' for reading' : ''}.`,
    story: [
      `${name} holds ${lock}${held.shared ? ' for reading' : ''}${wording.inBrackets(held)} and ${wait === null ? '' : `${waitsAgain(held, wait)}${wording.inBrackets(wait)}`}`,
      ...between.map(
        (writer) => `${wording.naming.thread(writer.thread)} waits to write in between${wording.inBrackets(writer)}`,
      ),
    ],
    verdict: `\`${name}\` waits for ${lock}${wording.shortAt(wait)}, which it holds itself${sinceWhere(wording, held)}.`,
    threads: [thread.id, ...between.map((writer) => writer.thread)],
    objects: [object],
    locations: [
      ...holdLocation(wording, held),
      ...waitLocation(wording, one),
      ...between.flatMap((writer) => wording.locations('waits', writer.thread, object, writer, writer.since)),
    ],
    advice: selfAdvice(wording, held, wait),
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

/** ` since store.ts:41` */
const sinceWhere = (wording: Wording, hold: Hold): string =>
  wording.place(hold) === null ? '' : ` since${wording.shortAt(hold).replace(' at', '')}`;

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

/**
 * Who waited for it in vain while it was held. Not only after the end of its owner: what a thread still writes when its
 * target is over may come late.
 */
export function missedBy(timedOut: Deed | null, { thread, since }: Hold): Deed | null {
  return timedOut !== null && timedOut.t >= since && timedOut.thread !== thread ? timedOut : null;
}

/** The owner of a lock has ended; `waiters` may be empty. */
export function abandonedLockCase(
  wording: Wording,
  hold: Hold,
  owner: ThreadModel,
  waiters: readonly DeadThread[],
): StuckCase {
  const lock = wording.object(hold.lock);
  const name = wording.naming.thread(owner.id);
  const ending = endingOf(wording, owner);
  const names = waiters.map(({ thread }) => wording.naming.thread(thread.id));
  const wait = waiters.length === 1 ? 'waits' : 'wait';
  const labels = listed(waiters.map(({ thread }) => wording.thread(thread.id)));
  const since =
    waiters.length === 0 ? ending.at : (Math.max(ending.at, Math.min(...waiters.map((one) => one.since))) as Nanos);
  const tail = waiters.length === 0 ? '.' : `; ${labels} ${wait} for it.`;
  const missed = missedBy(wording.model.objects.get(hold.lock)?.lock?.timedOut ?? null, hold);
  const inVain = missed === null ? [] : [missed];
  return {
    id: 'abandoned-lock',
    grade: LEVELS.filter((level) => waiters.some(({ grade }) => grade === level))[0] ?? 'certain',
    title: `${wording.name(hold.lock)} of ${name}`,
    sentence: `${wording.thread(owner.id)} ${ending.how} while it held ${lock}${tail}`,
    story: [
      `${name} holds ${lock}${wording.inBrackets(hold)} and ${ending.how}${wording.inBrackets(ending)}`,
      ...waiters.map(
        (one) => `${wording.naming.thread(one.thread.id)} waits for ${lock}${wording.inBrackets(one.wait)}`,
      ),
      ...inVain.map(
        (one) => `${wording.naming.thread(one.thread)} waited for ${lock} in vain${wording.inBrackets(one)}`,
      ),
    ],
    verdict: `\`${name}\` ${ending.how}${wording.shortAt(ending)} while it held ${lock}${
      waiters.length === 0 ? '' : `; ${listed(names.map((one) => `\`${one}\``))} ${wait} for it`
    }.`,
    threads: [...new Set([owner.id, ...waiters.map(({ thread }) => thread.id), ...inVain.map(({ thread }) => thread)])],
    objects: [hold.lock],
    locations: [
      ...holdLocation(wording, hold),
      ...wording.locations('ends', owner.id, hold.lock, ending, ending.at),
      ...waiters.flatMap((one) => waitLocation(wording, one)),
      ...inVain.flatMap((one) => wording.locations('waits', one.thread, hold.lock, one, one.t)),
    ],
    advice: adviceFor(wording, hold, owner),
    howSure: 'The owner has ended without giving the lock back.',
    since,
    waitsSince: waiters.map((one) => one.since),
  };
}

function adviceFor(wording: Wording, hold: Hold, { id, terminated, failed }: ThreadModel): string {
  const lock = wording.object(hold.lock);
  if (terminated !== null && failed === null) {
    const name = wording.naming.thread(id);
    return `Ask ${name} to end, by an Event or a message, and let it give ${lock} back: one that is terminated runs no finally.`;
  }
  const place = wording.place(hold);
  return `Give ${lock} back in a finally block${place === null ? '' : ` after ${place}`}.`;
}
