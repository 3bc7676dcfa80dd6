import type { Wait } from '../model/intervals.js';
import { OP } from '../trace/ops.js';
import { mayHaveOtherNames } from './wordNames.js';
import type { Wording } from './wording.js';

type Advice = (object: string, capacity: number) => string;

/** What ends such waits, by the attempt: for threads that nobody alive can help. */
const advice: Readonly<Partial<Record<number, Advice>>> = {
  [OP['queue.put']]: (queue) =>
    `Take from ${queue} as long as others put into it, and call close() on it when nobody does any more, also after an error: a put that waits throws Closed then. Or put with a timeout.`,
  [OP['queue.get']]: (queue) =>
    `Call close() on ${queue} when the last item was put, also when that fails: a get that waits throws Closed then, and a loop over it ends. Or put one end mark for each consumer.`,
  [OP['queue.join']]: (queue) =>
    `Call taskDone once for each item that is taken from ${queue}, also when the work on it fails.`,
  [OP['event.wait']]: (event) =>
    `Set ${event} on every way out of the thread that is to set it, or wait with a timeout.`,
  [OP['condition.wait']]: (condition) =>
    `Test what is waited for before each wait for ${condition}, under its lock, as waitFor does: a notify that finds nobody waiting is lost.`,
  // One without permits at first is a signal.
  [OP['semaphore.acquire']]: (semaphore, capacity) =>
    capacity === 0
      ? `Release ${semaphore} on every way out of the thread that is to let others go on, or acquire with a timeout.`
      : `Release ${semaphore} on every way out of the thread that has a permit, as \`with\` does.`,
  [OP['barrier.wait']]: (barrier) =>
    `Let as many threads come to ${barrier} as it was made for, or abort it when one of them fails.`,
  [OP['task.wait']]: (task) =>
    `Do not let a task wait for what comes after ${task} was done, or give the executor more threads (maxWorkers).`,
  [OP['word.wait']]: (word) =>
    `Notify ${word} on every way out of the thread that is to do it, or wait with a timeout.`,
};

/** Those that stay the right thing to do where somebody could still help, but waits itself. */
const FIRST: readonly number[] = [OP['condition.wait'], OP['queue.join']];

/** What to change so that such a wait ends; null: nothing special. */
export function waitAdvice(wording: Wording, wait: Wait): string | null {
  return selfFedAdvice(wording, wait) ?? missedNotifyAdvice(wording, wait) ?? usualAdvice(wording, wait);
}

/** Who takes from the queue puts into it, too: when it is full, all of them put and nobody takes. */
function selfFedAdvice(wording: Wording, { op, object }: Wait): string | null {
  const { objects, threads } = wording.model;
  if (op !== OP['queue.put']) return null;
  const takers = [...(objects.get(object)?.queue?.gets.values() ?? [])].filter(({ count }) => count > 0);
  const living = takers.flatMap(({ thread }) => threads.get(thread) ?? []).filter(({ isEnded }) => !isEnded);
  if (living.length === 0 || !living.every(({ wait }) => wait?.op === op && wait.object === object)) return null;
  const name = wording.object(object);
  return `Leave ${name} unbounded, or put without blocking and keep what does not fit: threads that put into a queue what they take from it all wait when it is full. To stop such threads, call close({ immediate: true }) on it.`;
}

/** Nobody was ever woken by a notify of this word, nobody stored into it, and the last notify came before the wait. */
function missedNotifyAdvice(wording: Wording, { op, object, since, thread }: Wait): string | null {
  const word = wording.model.objects.get(object);
  const last = word?.lastProvide ?? null;
  if (op !== OP['word.wait'] || word === undefined || last === null || last.t >= since) return null;
  if (word.lastWrite !== null || word.longestWaitNs > 0 || mayHaveOtherNames(wording.model, { op, object, thread })) {
    return null;
  }
  const place = wording.place(word.provides.get(last.thread) ?? null);
  return `Store a new value before the notify${place === null ? '' : ` at ${place}`}, and wait for the old one: a notify that nobody waits for yet is lost, and the value says that it was there.`;
}

/** The same for all waits of a kind. */
function usualAdvice(wording: Wording, { op, object }: Pick<Wait, 'op' | 'object'>): string | null {
  const capacity = wording.model.objects.get(object)?.record?.capacity ?? NaN;
  return advice[op]?.(wording.object(object), capacity) ?? null;
}

/** The same for one of those that wait for each other. */
export function circleAdvice(wording: Wording, waits: readonly Pick<Wait, 'op' | 'object'>[]): string | null {
  const wait = waits.find(({ op }) => FIRST.includes(op));
  return wait === undefined ? null : usualAdvice(wording, wait);
}
