import type { Nanos } from '../base/brand.js';
import type { Wait } from '../model/intervals.js';
import type { Use } from '../model/objectModel.js';
import { OP } from '../trace/ops.js';
import { DEEDS } from './deeds.js';
import type { FindingLocation } from './finding.js';
import { LEVELS, usesNeeded, type DeadThread } from './liveness.js';
import { mayHaveOtherNames } from './wordNames.js';
import { endingOf } from './lockCases.js';
import { latest, type StuckCase } from './stuckFinding.js';
import { listed, type Wording } from './wording.js';

const advice: Readonly<Partial<Record<number, (object: string) => string>>> = {
  [OP['queue.put']]: (queue) =>
    `Keep a thread that takes from ${queue} alive as long as others put into it, or put with a timeout.`,
  [OP['queue.get']]: (queue) =>
    `Put one end mark for each consumer into ${queue} before its producers end, also when they fail.`,
  [OP['queue.join']]: (queue) =>
    `Call taskDone once for each item that is taken from ${queue}, also when the work on it fails.`,
  [OP['event.wait']]: (event) =>
    `Set ${event} on every way out of the thread that is to set it, or wait with a timeout.`,
  [OP['condition.wait']]: (condition) =>
    `Notify ${condition} on every way out of the thread that is to do it, or wait with a timeout.`,
  [OP['semaphore.acquire']]: (semaphore) =>
    `Release ${semaphore} on every way out of the thread that has a permit, as \`with\` does.`,
  [OP['barrier.wait']]: (barrier) =>
    `Let as many threads come to ${barrier} as it was made for, or abort it when one of them fails.`,
  [OP['word.wait']]: (word) =>
    `Notify ${word} on every way out of the thread that is to do it, or wait with a timeout.`,
};

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
  const why = isJoin ? 'which cannot end: nothing can wake its event loop' : whyNot(wording, wait, doers);
  return {
    id: 'blocked-forever',
    grade: LEVELS.filter((level) => waiters.some(({ grade }) => grade === level))[0] ?? 'likely',
    title: `${listed(names)} on ${isJoin ? wording.naming.thread(wait.object) : wording.naming.object(wait.object)}`,
    sentence: `${listed(waiters.map(({ thread }) => wording.thread(thread.id)))} ${verb}, ${isJoin ? '' : 'and '}${why}.`,
    story: [
      ...waiters.map(
        (one) =>
          `${wording.naming.thread(one.thread.id)} ${wording.waiting(one.wait)}${wording.inBrackets(one.wait.stack)}`,
      ),
      ...doers.map((doer) => doerStory(wording, wait, doer)),
    ],
    verdict: `${listed(names.map((name) => `\`${name}\``))} ${short}${wording.shortAt(wait.stack)}, ${isJoin ? '' : 'and '}${why}.`,
    threads: [
      ...waiters.map(({ thread }) => thread.id),
      ...doers.map(({ thread }) => thread),
      ...(isJoin ? [wait.object] : []),
    ],
    objects: isJoin ? [] : [wait.object],
    locations: [
      ...waiters.flatMap((one) =>
        wording.locations('waits', one.thread.id, isJoin ? null : wait.object, one.wait.stack, one.wait.since),
      ),
      ...doers.flatMap((doer) => doerLocations(wording, wait, doer)),
    ],
    advice:
      advice[wait.op]?.(object) ??
      `See to it that a living thread can end the wait for ${object}, or wait with a timeout.`,
    howSure: howSure(wording, waiters, doers),
    since: latest([...waiters.map(({ since }) => since), ...doers.map(({ thread }) => endOf(wording, thread))]),
    waitsSince: waiters.map(({ since }) => since),
  };
}

const endOf = (wording: Wording, thread: number): Nanos => (wording.model.threads.get(thread)?.ended?.t ?? 0) as Nanos;

function whyNot(wording: Wording, { op }: Wait, doers: readonly Use[]): string {
  const did = DEEDS[op]?.did ?? 'provided';
  if (doers.length === 0) return `none of the threads that can still run ${did} it`;
  const areEnded = doers.every(({ thread }) => wording.model.threads.get(thread)?.isEnded === true);
  const [first] = doers as [Use];
  if (doers.length === 1) {
    return `the only thread that ${did} it, \`${wording.naming.thread(first.thread)}\`, ${areEnded ? 'has ended' : 'cannot run either'}`;
  }
  return areEnded ? `the ${doers.length} threads that ${did} it have ended` : `no thread that ${did} it can still run`;
}

function doerStory(wording: Wording, { op }: Wait, { thread, stack }: Use): string {
  const did = DEEDS[op]?.did ?? 'provided';
  const name = wording.naming.thread(thread);
  const last = `${name} ${did} it last${wording.inBrackets(stack)}`;
  const model = wording.model.threads.get(thread);
  if (model?.isEnded !== true) return last;
  const ending = endingOf(wording, model);
  return `${last} and ${ending.how}${wording.inBrackets(ending.stack)}`;
}

function doerLocations(wording: Wording, { object }: Wait, { thread, stack, last }: Use): FindingLocation[] {
  const model = wording.model.threads.get(thread);
  const ending = model?.isEnded === true ? endingOf(wording, model) : null;
  return [
    ...wording.locations('provides', thread, object, stack, last),
    ...(ending === null ? [] : wording.locations('ends', thread, object, ending.stack, ending.at)),
  ];
}

function howSure(wording: Wording, waiters: readonly DeadThread[], doers: readonly Use[]): string {
  if (waiters.some(({ grade }) => grade === 'certain'))
    return 'No thread of the process can run: all wait without a timeout, or have ended.';
  return doers.length > 0 && doers.every(({ thread }) => wording.model.threads.get(thread)?.isEnded === true)
    ? 'All that ever did it have ended, and the wait is longer than any before.'
    : 'The threads that could do it sit in event loops that nothing is seen to wake.';
}
