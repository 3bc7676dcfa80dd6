/** What is known of a wait that nobody can end, beside who did before what it needs: why it was not done, and what is near. */
import type { Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { ObjectModel, Use, Uses } from '../model/objectModel.js';
import type { ThreadModel } from '../model/threadModel.js';
import { OP } from '../trace/ops.js';
import type { DeadThread } from './liveness.js';
import { endingOf } from './lockCases.js';
import { listed, whoWaits, type Wording } from './wording.js';

/** `only 3 of the 4 threads that it is for have come` */
export function shortOf({ model }: Wording, { op, object }: Wait, count: number): string | null {
  const parties = model.objects.get(object)?.record?.capacity ?? 0;
  if (op !== OP['barrier.wait'] || parties <= count) return null;
  return `only ${count} of the ${parties} threads that it is for ${count === 1 ? 'has' : 'have'} come`;
}

/** Who has taken more permits of a semaphore than it gave back; nobody where threads give back for others. */
export function takersOf({ objects }: Model, { op, object }: Wait): Use[] {
  const { takes = null, provides = new Map<number, Use>() } = objects.get(object) ?? {};
  if (op !== OP['semaphore.acquire'] || takes === null) return [];
  const isMore = (uses: Uses, { thread, count }: Use): boolean => count > (uses.get(thread)?.count ?? 0);
  if ([...provides.values()].some((use) => isMore(takes, use))) return [];
  return [...takes.values()].filter((use) => isMore(provides, use));
}

/** `main and user have not given back what they took` */
export function takenBy({ naming }: Wording, takers: readonly Use[]): string | null {
  const [first] = takers;
  if (first === undefined) return null;
  const names = takers.map(({ thread }) => `\`${naming.thread(thread)}\``);
  const who = names.length < 4 ? listed(names) : `${names[0] as string} and ${names.length - 1} other threads`;
  return `${who} ${names.length === 1 ? 'has' : 'have'} not given back what ${names.length === 1 ? 'it' : 'they'} took`;
}

export function takerStory(wording: Wording, taker: Use): string {
  const model = wording.model.threads.get(taker.thread);
  const took = `${wording.naming.thread(taker.thread)} took a permit last${wording.inBrackets(taker)}`;
  if (model?.isEnded !== true) return took;
  const ending = endingOf(wording, model);
  return `${took} and ${ending.how}${wording.inBrackets(ending)}`;
}

/** A task that lies in its executor's queue. */
export function isNeverBegun({ objects }: Model, { op, object }: Wait): boolean {
  return op === OP['task.wait'] && objects.get(object)?.provides.size === 0;
}

/** A thread of an executor that waits in a task. */
interface BusyThread {
  readonly thread: number;
  readonly task: number;
  readonly wait: Wait;
}

export function busyThreads({ objects, threads }: Model): BusyThread[] {
  return [...objects.values()]
    .filter(({ kind, lastProvide }) => kind === 'task' && lastProvide === null)
    .flatMap(({ id: task, provides }) =>
      [...provides.keys()].flatMap((thread) => {
        const wait = threads.get(thread)?.wait ?? null;
        return wait === null ? [] : { thread, task, wait };
      }),
    );
}

export function busyStories(wording: Wording, busy: readonly BusyThread[]): string[] {
  return busy.map(
    ({ thread, task, wait }) =>
      `${wording.naming.thread(thread)} runs ${wording.object(task)}, which ${wording.waiting(wait)}${wording.inBrackets(wait)}`,
  );
}

/** Where all threads of the only executor wait in tasks: the tasks that none of them can begin, in their order. */
export function tasksBehind(model: Model, waiters: readonly DeadThread[]): ObjectModel[] {
  const busy = busyThreads(model);
  const [pool, ...others] = [...model.dictionary.objects.values()].filter(({ kind }) => kind === 'pool');
  if (pool === undefined || others.length > 0 || busy.length < (pool.capacity ?? Infinity)) return [];
  if (!waiters.some(({ thread }) => busy.some((one) => one.thread === thread.id))) return [];
  const isBegun = ({ provides, lastProvide }: ObjectModel): boolean => provides.size > 0 || lastProvide !== null;
  return [...model.objects.values()].filter((one) => one.kind === 'task' && !isBegun(one));
}

/** `b (src/app.ts:5) waits in the executor until one of its threads is free` */
export function behindStories(wording: Wording, behind: readonly ObjectModel[]): string[] {
  const [first] = behind;
  if (first === undefined) return [];
  const place = wording.inBrackets(first.record);
  const more = behind.length - 1;
  const others = more === 0 ? ' waits' : ` and ${more === 1 ? 'another task' : `${more} other tasks`} wait`;
  return [
    `${wording.object(first.id)}${place === '' ? '' : place.replace('(', '(submitted at ')}${others} in the executor until one of its threads is free`,
  ];
}

export function behindAdvice(behind: readonly ObjectModel[]): string | null {
  return behind.length === 0
    ? null
    : 'Give the executor more threads (maxWorkers), or let no task wait for what a task behind it does.';
}

function waitsFor({ model }: Wording, lock: number): Wait[] {
  return [...model.threads.values()].flatMap(({ wait }) =>
    wait?.family === 'lock' && wait.object === lock ? wait : [],
  );
}

/** Whoever could help may be among those who wait for a lock that is held meanwhile. */
export function lockAdviceFor(
  wording: Wording,
  waiters: readonly (DeadThread & { readonly wait: Wait })[],
): string | null {
  for (const { thread, wait } of waiters) {
    const hold = thread.holds.find(({ lock }) => waitsFor(wording, lock).length > 0);
    if (hold === undefined) continue;
    const place = wording.place(wait);
    const others = listed(waitsFor(wording, hold.lock).map((one) => wording.naming.thread(one.thread)));
    const at = place === null ? '' : ` at ${place}`;
    return `Give ${wording.object(hold.lock)} back before ${wording.naming.thread(thread.id)} waits${at}: ${others} may have to get on first.`;
  }
  return null;
}

/** Of the locks that keep others waiting meanwhile. */
export function lockStories(wording: Wording, { id, holds }: ThreadModel): string[] {
  return holds.flatMap((hold) => {
    const waits = waitsFor(wording, hold.lock);
    const [first] = waits;
    if (first === undefined) return [];
    const lock = `${wording.object(hold.lock)}${wording.inBrackets(hold)}`;
    const who = whoWaits(waits.map(({ thread }) => wording.naming.thread(thread)));
    return `${wording.naming.thread(id)} holds ${lock}, and ${who} for it${wording.inBrackets(first)}`;
  });
}
