import type { Nanos } from '../base/brand.js';
import type { Wait } from '../model/intervals.js';
import type { Use } from '../model/objectModel.js';
import type { ThreadModel } from '../model/threadModel.js';
import { OP } from '../trace/ops.js';
import { DEEDS } from './deeds.js';
import type { FindingLocation } from './finding.js';
import { LEVELS, usesNeeded, type DeadThread } from './liveness.js';
import { mayHaveOtherNames } from './wordNames.js';
import { endingOf } from './lockCases.js';
import { latest, type StuckCase } from './stuckFinding.js';
import { waitAdvice } from './waitAdvice.js';
import {
  behindAdvice,
  behindStories,
  busyStories,
  busyThreads,
  isNeverBegun,
  lockAdviceFor,
  lockStories,
  shortOf,
  takenBy,
  takersOf,
  takerStory,
  tasksBehind,
} from './waitReasons.js';
import { listed, type Wording } from './wording.js';

/** The other threads that did what these waiters need. */
export function doersFor(wording: Wording, { op, object, thread }: Wait): Use[] {
  const model = wording.model.objects.get(object);
  if (model === undefined || mayHaveOtherNames(wording.model, { op, object, thread })) return [];
  return [...(usesNeeded({ op }, model)?.values() ?? [])].filter((use) => use.count > 0 && use.thread !== thread);
}

/** Who did it before has ended: this alone says why the wait does not end. */
export function hasEndedDoers(wording: Wording, wait: Wait): boolean {
  const doers = wait.family === 'thread' ? [] : doersFor(wording, wait);
  return doers.length > 0 && doers.every(({ thread }) => wording.model.threads.get(thread)?.isEnded === true);
}

/** Threads that wait for the same thing, which nobody can do any more. */
export function blockedForeverCase(
  wording: Wording,
  waiters: readonly (DeadThread & { readonly wait: Wait })[],
): StuckCase {
  const [{ wait }] = waiters as [(typeof waiters)[number]];
  const isJoin = wait.family === 'thread';
  const doers = isJoin ? [] : doersFor(wording, wait);
  const names = waiters.map(({ thread }) => wording.naming.thread(thread.id));
  const object = isJoin ? `\`${wording.naming.thread(wait.object)}\`` : wording.object(wait.object);
  const verb = waiters.length === 1 ? wording.waiting(wait) : wording.waiting(wait).replace('waits', 'wait');
  const short = waiters.length === 1 ? wording.waitingShort(wait) : wording.waitingShort(wait).replace('waits', 'wait');
  const takers = takersOf(wording.model, wait);
  const busy = isNeverBegun(wording.model, wait) ? busyThreads(wording.model) : [];
  const behind = busy.length > 0 ? [] : tasksBehind(wording.model, waiters);
  // Who gave back what it took has done its part.
  const told = takers.length > 0 ? [] : doers;
  const why = isJoin
    ? 'which cannot end: nothing can wake its event loop'
    : (shortOf(wording, wait, waiters.length) ?? takenBy(wording, takers) ?? whyNot(wording, wait, doers));
  return {
    id: 'blocked-forever',
    grade: LEVELS.filter((level) => waiters.some(({ grade }) => grade === level))[0] ?? 'likely',
    title: `${listed(names)} on ${isJoin ? wording.naming.thread(wait.object) : wording.name(wait.object)}`,
    sentence: `${listed(waiters.map(({ thread }) => wording.thread(thread.id)))} ${verb}, ${isJoin ? '' : 'and '}${why}.`,
    story: [
      ...waiters.map(
        (one) => `${wording.naming.thread(one.thread.id)} ${wording.waiting(one.wait)}${wording.inBrackets(one.wait)}`,
      ),
      ...told.map((doer) => doerStory(wording, wait, doer)),
      ...takers.map((taker) => takerStory(wording, taker)),
      ...waiters.flatMap(({ thread }) => lockStories(wording, thread)),
      ...busyStories(wording, busy),
      ...behindStories(wording, behind),
    ],
    verdict: `${listed(names.map((name) => `\`${name}\``))} ${short}${wording.shortAt(wait)}, ${isJoin ? '' : 'and '}${why}.`,
    threads: [
      ...waiters.map(({ thread }) => thread.id),
      ...new Set([...told, ...takers, ...busy].map(({ thread }) => thread)),
      ...(isJoin ? [wait.object] : []),
    ],
    objects: isJoin ? [] : [wait.object],
    locations: [
      ...waiters.flatMap((one) =>
        wording.locations('waits', one.thread.id, isJoin ? null : wait.object, one.wait, one.wait.since),
      ),
      ...told.flatMap((doer) => doerLocations(wording, wait, doer)),
      ...takers.flatMap((one) => wording.locations('acquires', one.thread, wait.object, one, one.last)),
      ...busy.flatMap(({ wait: own }) => wording.locations('waits', own.thread, own.object, own, own.since)),
    ],
    advice:
      lockAdviceFor(wording, waiters) ??
      behindAdvice(behind) ??
      (isJoin ? null : waitAdvice(wording, wait)) ??
      `See to it that a living thread can end the wait for ${object}, or wait with a timeout.`,
    howSure: howSure(wording, waiters, doers),
    since: latest([...waiters.map(({ since }) => since), ...doers.map(({ thread }) => endOf(wording, thread))]),
    waitsSince: waiters.map(({ since }) => since),
  };
}

const endOf = (wording: Wording, thread: number): Nanos => (wording.model.threads.get(thread)?.ended?.t ?? 0) as Nanos;

function whyNot(wording: Wording, { op }: Wait, doers: readonly Use[]): string {
  const did = DEEDS[op]?.did ?? 'provided';
  if (doers.length === 0 && op === OP['task.wait']) return 'no thread of its executor has begun it';
  if (doers.length === 0) return `none of the threads that can still run ${did} it`;
  const areEnded = doers.every(({ thread }) => wording.model.threads.get(thread)?.isEnded === true);
  const [first] = doers as [Use];
  if (doers.length === 1) {
    return `the only thread that ${did} it, \`${wording.naming.thread(first.thread)}\`, ${areEnded ? 'has ended' : 'cannot run either'}`;
  }
  return areEnded ? `the ${doers.length} threads that ${did} it have ended` : `no thread that ${did} it can still run`;
}

function doerStory(wording: Wording, { op }: Wait, use: Use): string {
  const { thread } = use;
  const did = DEEDS[op]?.did ?? 'provided';
  const name = wording.naming.thread(thread);
  const last = `${name} ${did} it last${wording.inBrackets(use)}`;
  const model = wording.model.threads.get(thread);
  if (model?.isEnded !== true) return `${last}${awaited(wording, model)}`;
  const ending = endingOf(wording, model);
  return `${last} and ${ending.how}${wording.inBrackets(ending)}`;
}

/** ` and waits for the end of worker "writer" (src/store.ts:41)`: of a thread that goes on with its loop meanwhile. */
function awaited(wording: Wording, thread: ThreadModel | undefined): string {
  const [wait] = [...(thread?.asyncWaits.values() ?? [])].flat();
  return wait === undefined ? '' : ` and ${wording.waiting(wait)}${wording.inBrackets(wait)}`;
}

function doerLocations(wording: Wording, { object }: Wait, use: Use): FindingLocation[] {
  const { thread, last } = use;
  const model = wording.model.threads.get(thread);
  const ending = model?.isEnded === true ? endingOf(wording, model) : null;
  return [
    ...wording.locations('provides', thread, object, use, last),
    ...(ending === null ? [] : wording.locations('ends', thread, object, ending, ending.at)),
  ];
}

function howSure(wording: Wording, waiters: readonly DeadThread[], doers: readonly Use[]): string {
  if (waiters.some(({ grade }) => grade === 'certain'))
    return 'No thread of the process can run: all wait without a timeout, or have ended.';
  return doers.length > 0 && doers.every(({ thread }) => wording.model.threads.get(thread)?.isEnded === true)
    ? 'All that ever did it have ended, and the wait is longer than any before.'
    : 'The threads that could do it sit in event loops that nothing is seen to wake.';
}
