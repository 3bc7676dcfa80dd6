/**
 * What a model of a program that runs for days need not know any more: threads that ended long ago, ports that nothing
 * can go through, and objects that nobody has used for long. Only for one that is asked what is stuck now.
 */
import type { Model } from './model.js';
import type { ObjectModel, PortState, Uses } from './objectModel.js';

/** Ended threads that did something with one object, or are simply remembered. */
const MAX_ENDED_USERS = 64;
const MAX_ENDED = 256;
/** An object that is used after all is one of unknown kind then: few are better kept. */
const MAX_OBJECTS = 10_000;
/** So many more than were left the last time are worth a look at all of them. */
const MORE_OBJECTS = 5000;
const MORE_THREADS = 128;
const MAX_DROPS = 1000;
const MAX_ERRORS = 100;

/** Forgets whenever there is enough of it: a look at everything costs little for each new object. */
export class Forgetting {
  #mostObjects = MORE_OBJECTS;
  #mostThreads = MORE_THREADS;

  constructor(private readonly model: Model) {}

  /** The objects that are forgotten. Call it when the model has all events of the objects that were defined. */
  turn(): readonly number[] {
    const { model } = this;
    forgetMarkers(model);
    if (model.objects.size < this.#mostObjects && model.threads.size < this.#mostThreads) return [];
    const forgotten = forgetPast(model, ({ age }) => age < model.age - 1);
    model.growOlder();
    this.#mostObjects = model.objects.size + MORE_OBJECTS;
    this.#mostThreads = model.threads.size + MORE_THREADS;
    return forgotten;
  }
}

/**
 * @param isUnused nothing has been told of the object for long
 * @returns the objects that are forgotten
 */
export function forgetPast(model: Model, isUnused: (object: ObjectModel) => boolean): readonly number[] {
  const awaited = awaitedObjects(model);
  const forgotten: number[] = [];
  for (const [id, object] of model.objects) {
    const { port, provides, queue } = object;
    const isOver = port !== null && isDead(model, port);
    const isNeeded = !isOver && (model.objects.size <= MAX_OBJECTS || !isIdle(object));
    if (!isNeeded && isUnused(object) && !awaited.has(id)) {
      model.forgetObject(id);
      forgotten.push(id);
    } else for (const uses of [provides, object.takes, queue?.puts, queue?.gets]) if (uses) forgetUsers(model, uses);
  }
  forgetEnded(model);
  return forgotten;
}

function awaitedObjects(model: Model): ReadonlySet<number> {
  const awaited = new Set<number>();
  for (const { wait, asyncWaits, requests } of model.threads.values()) {
    for (const waits of asyncWaits.values()) for (const { object } of waits) awaited.add(object);
    for (const { lock } of requests.values()) awaited.add(lock);
    if (wait === null) continue;
    awaited.add(wait.object);
    // A condition's wait names its lock.
    if (wait.arg !== undefined) awaited.add(wait.arg);
  }
  return awaited;
}

function forgetEnded(model: Model): void {
  const mentioned = new Set<number>();
  for (const object of model.objects.values()) for (const thread of threadsOf(object)) mentioned.add(thread);
  for (const { wait, started } of model.threads.values()) {
    if (wait?.family === 'thread') mentioned.add(wait.object);
    if (started !== null) mentioned.add(started.thread);
  }
  const ended = [...model.threads.values()].filter(
    ({ id, isEnded, holds }) => isEnded && holds.length === 0 && !mentioned.has(id),
  );
  ended.sort((a, b) => b.stateSince - a.stateSince);
  for (const { id } of ended.slice(MAX_ENDED)) model.forgetThread(id);
}

/** Nothing more goes through it: it was closed, who receives has ended, or who sends has and all of it arrived. */
function isDead(model: Model, { isClosed, from, to, undelivered }: PortState): boolean {
  const hasEnded = (thread: number): boolean => model.threads.get(thread)?.isEnded === true;
  return isClosed || hasEnded(to) || (hasEnded(from) && undelivered.size === 0);
}

/** Nobody holds it, nothing lies in it. */
function isIdle({ lock, queue, port }: ObjectModel): boolean {
  const isHeld = lock !== null && (lock.hold !== null || lock.sharedHolds.size > 0);
  const isFull = queue !== null && queue.items.size > 0;
  const isAwaited = port !== null && port.undelivered.size > 0;
  return !isHeld && !isFull && !isAwaited;
}

function forgetUsers(model: Model, uses: Uses): void {
  if (uses.size <= MAX_ENDED_USERS) return;
  const ended = [...uses.values()].filter(({ thread }) => model.threads.get(thread)?.isEnded === true);
  ended.sort((a, b) => b.last - a.last);
  for (const { thread } of ended.slice(MAX_ENDED_USERS)) uses.delete(thread);
}

/** Of many losses, only how much each thread has lost. */
function forgetMarkers({ drops, recorderErrors }: Model): void {
  if (recorderErrors.length > MAX_ERRORS) recorderErrors.splice(0, recorderErrors.length - MAX_ERRORS);
  if (drops.length <= MAX_DROPS) return;
  const totals = new Map<number, Model['drops'][number]>();
  for (const drop of drops) {
    totals.set(drop.thread, { ...drop, count: drop.count + (totals.get(drop.thread)?.count ?? 0) });
  }
  drops.splice(0, drops.length, ...totals.values());
}

function* threadsOf({ lock, queue, port, provides, takes }: ObjectModel): Generator<number> {
  for (const uses of [provides, takes, queue?.puts, queue?.gets]) if (uses) yield* uses.keys();
  for (const parcels of [queue?.items, port?.undelivered]) {
    if (parcels) for (const { thread } of parcels.values()) yield thread;
  }
  if (port) yield* [port.from, port.to, port.listener?.thread ?? -1];
  if (lock) yield* [lock.releasedBy, lock.foreignRelease?.thread ?? -1, lock.hold?.thread ?? -1];
}
