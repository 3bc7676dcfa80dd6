/**
 * Who can still run? A wait has a formula over threads: a lock needs its owner, a join its target, a queue, event or word
 * some thread that can provide. The threads that can still run are the least fixpoint of these formulas; the rest are
 * dead. Whatever is not known counts as alive. The formulas get bolder from level to level:
 *
 * - certain: owners and joins decide; everything else can be done by any living thread. Event loops live.
 * - likely: an event loop without resources of its own needs another living thread once it has long been silent; a queue or event needs one of those
 *   that did it before, once the wait has become long.
 * - possible: the owner of a lock decides even when nobody was seen to use it as a lock: it could be a signal.
 */
import type { Nanos } from '../base/brand.js';
import type { Hold, Wait } from '../model/intervals.js';
import type { LockRequest } from '../model/lockRequests.js';
import type { Model } from '../model/model.js';
import type { LockState, ObjectModel, PortState, Uses } from '../model/objectModel.js';
import type { ThreadModel } from '../model/threadModel.js';
import { THREAD_STATE } from '../model/threadState.js';
import { OP } from '../trace/ops.js';
import { findDeadRequests } from './deadRequests.js';
import type { Grade } from './finding.js';
import { STUCK } from './thresholds.js';
import { mayBeWoken, mayHaveOtherNames } from './wordNames.js';

/** Strongest first. */
export const LEVELS: readonly Grade[] = ['certain', 'likely', 'possible'];

/** A thread, or one of its requests for a Web Lock, that cannot go on. */
export interface DeadThread {
  /** A number of its own: of a thread its id. */
  readonly node: number;
  readonly thread: ThreadModel;
  /** Null: it is in its event loop. */
  readonly wait: Wait | null;
  /** The strongest level at which it is dead. */
  readonly grade: Grade;
  /** Since when it does nothing. */
  readonly since: Nanos;
}

export interface LivenessOptions {
  /** What waits for less counts as alive. */
  readonly minAgeNs?: number;
  /** Events are missing: nothing that is only likely. */
  readonly onlyCertain?: boolean;
}

/** What must hold for a thread to go on: nothing, any other living thread, one of these, or all of these. */
export type Formula = 'nothing' | 'anyone' | readonly number[] | { readonly all: readonly number[] };

const never: Formula = [];

/** The dead threads and requests by their numbers. Threads that have ended are not among them. */
export function findDead(model: Model, now: Nanos, options: LivenessOptions = {}): Map<number, DeadThread> {
  const before = (now - minAge(model, options)) as Nanos;
  const dead = new Map<number, DeadThread>();
  const levels = options.onlyCertain === true ? LEVELS.slice(0, 1) : LEVELS;
  const messages = messagesUnderway(model);
  const requests = new Map<LockRequest, Grade>();
  for (const level of levels) {
    const formulas = new Map<number, Formula>();
    for (const thread of model.threads.values()) {
      formulas.set(thread.id, formulaOf(model, thread, level, now, before, messages));
    }
    const living = leastFixpoint(formulas);
    for (const thread of model.threads.values()) {
      if (living.has(thread.id) || thread.isEnded || dead.has(thread.id)) continue;
      const { wait } = thread;
      dead.set(thread.id, { node: thread.id, thread, wait, grade: level, since: wait?.since ?? thread.lastTime });
    }
    for (const one of findDeadRequests(model, dead, level, before)) if (!requests.has(one)) requests.set(one, level);
  }
  addRequests(model, dead, requests);
  return dead;
}

/** They are numbered after all threads, in the order of their threads. */
function addRequests(model: Model, dead: Map<number, DeadThread>, requests: ReadonlyMap<LockRequest, Grade>): void {
  let node = Math.max(-1, ...model.threads.keys());
  const inOrder = [...requests].sort(([a], [b]) => a.thread - b.thread || a.number - b.number);
  for (const [{ thread: id, wait }, grade] of inOrder) {
    const thread = model.threads.get(id);
    if (thread === undefined || wait === null) continue;
    node += 1;
    dead.set(node, { node, thread, wait, grade, since: wait.since });
  }
}

/** Where the watchdog saw a deadlock and its threads have not moved since, its shorter age is enough. */
function minAge(model: Model, { minAgeNs = STUCK.deadNs }: LivenessOptions): number {
  const stillStands = model.deadlockMarkers.some(({ t, threads }) =>
    threads.every((id) => {
      const thread = model.threads.get(id);
      return thread !== undefined && ((thread.ended?.t ?? thread.lastTime) <= t || hasRequestSince(thread, t));
    }),
  );
  return stillStands ? Math.min(minAgeNs, STUCK.deadLiveNs) : minAgeNs;
}

/** It has waited for a Web Lock since before then: its loop goes on meanwhile. */
const hasRequestSince = ({ requests, isEnded }: ThreadModel, t: Nanos): boolean =>
  !isEnded && [...requests.values()].some(({ wait }) => wait !== null && wait.since <= t);

interface Underway {
  /** Threads to which a message is on its way; null: to anybody. */
  readonly receivers: ReadonlySet<number> | null;
  /**
   * Threads whose question has not been taken because its receiver sits in a synchronous wait, and how long their loops
   * must have been silent. A thread that works on that receiver's own request may only tell how far it is.
   */
  readonly askers: ReadonlyMap<number, number>;
}

function messagesUnderway(model: Model): Underway {
  const receivers = new Set<number>();
  const askers = new Map<number, number>();
  let isForAnybody = false;
  const requests = new Set<string>();
  for (const { port } of model.objects.values()) if (port && port.received > 0) requests.add(`${port.from} ${port.to}`);
  for (const { port } of model.objects.values()) {
    if (port === null || port.undelivered.size === 0 || port.isClosed) continue;
    if (port.listener !== null && !port.isListened) continue;
    if (port.to < 0) isForAnybody = true;
    else receivers.add(port.to);
    if (!model.threads.get(port.to)?.wait || !hasQuestions(model, port)) continue;
    for (const { thread } of port.undelivered.values()) {
      const isAtWork = requests.has(`${port.to} ${thread}`);
      const silence = isAtWork ? STUCK.busyAskerNs : STUCK.idleAskerNs;
      askers.set(thread, Math.min(askers.get(thread) ?? Infinity, silence));
    }
  }
  return { receivers: isForAnybody ? null : receivers, askers };
}

/** No message on it was posted in a wait of the receiver that ended without it: then an answer may be awaited. */
export function hasQuestions(model: Model, { passedBy, undelivered, to }: PortState): boolean {
  const endOfLast = model.threads.get(to)?.lastDone?.until ?? -1;
  return passedBy === 0 && [...undelivered.values()].every(({ t }) => t >= endOfLast);
}

function formulaOf(
  model: Model,
  thread: ThreadModel,
  level: Grade,
  now: Nanos,
  before: Nanos,
  { receivers, askers }: Underway,
): Formula {
  if (thread.isEnded) return thread.ended === null || thread.ended.t > before ? 'nothing' : never;
  if (!thread.isTraced || thread.lastTime > before) return 'nothing';
  const { wait } = thread;
  if (wait !== null) {
    return wait.timeoutMs === null ? formulaOfWait(model, wait, level, now) : 'nothing';
  }
  if (thread.state !== THREAD_STATE.loop || level === 'certain') return 'nothing';
  const mayWake = thread.loopResources !== 0 || receivers === null || receivers.has(thread.id);
  const silence = askers.get(thread.id) ?? STUCK.idleLoopNs;
  return mayWake || now - thread.lastTime < silence ? 'nothing' : 'anyone';
}

function formulaOfWait(model: Model, wait: Wait, level: Grade, now: Nanos): Formula {
  if (wait.family === 'thread') {
    const target = model.threads.get(wait.object);
    return target === undefined || target.ended !== null ? 'nothing' : [target.id];
  }
  const object = model.objects.get(wait.object);
  if (object === undefined) return 'nothing';
  if (wait.family === 'lock') return formulaOfLock(model, wait, object, level);
  if (isAboutToEnd(wait, object) || mayBeWoken(model, wait)) return 'nothing';
  if (level === 'certain' || !isOverdue(wait, object, now) || mayHaveOtherNames(model, wait)) return 'anyone';
  const providers = providersOf(wait, object);
  return providers.length > 0 && !providers.every((id) => leftInPeace(model, id)) ? providers : 'anyone';
}

function formulaOfLock(model: Model, wait: Wait, object: ObjectModel, level: Grade): Formula {
  const { lock, kind } = object;
  if (kind === 'weblock') return 'anyone';
  if (kind === 'rwlock') return formulaOfReadWrite(model, wait, object, level);
  if (lock === null || lock.hold === null) return 'nothing';
  if (lock.foreignRelease !== null) return 'anyone';
  const owner = model.threads.get(lock.hold.thread);
  if (owner === undefined) return 'nothing';
  return level === 'possible' || isMutex(object, owner, wait, level) ? [owner.id] : 'anyone';
}

/** Everybody has to give it back whom a writer waits for; a reader waits for the writer, or for those whom one waits for. */
function formulaOfReadWrite(model: Model, wait: Wait, object: ObjectModel, level: Grade): Formula {
  const { lock } = object;
  if (lock === null) return 'nothing';
  if (lock.foreignRelease !== null) return 'anyone';
  const owners = holdsOf(lock).map(({ thread }) => model.threads.get(thread));
  const known = owners.filter((owner) => owner !== undefined);
  if (known.length === 0 || known.length < owners.length) return 'nothing';
  const areMutex = level === 'possible' || known.every((owner) => isMutex(object, owner, wait, level));
  return areMutex ? { all: known.map(({ id }) => id) } : 'anyone';
}

/** Who holds the lock, alone or together with others. */
export function holdsOf({ hold, sharedHolds }: LockState): Hold[] {
  return hold === null ? [...sharedHolds.values()] : [hold];
}

/**
 * A `Lock` may be released by any thread, so one that was never given back by its owner could be a signal. It is a lock
 * when its owner asks for another lock meanwhile; likely also when the owner has ended.
 */
function isMutex({ kind, lock }: ObjectModel, owner: ThreadModel, wait: Wait, level: Grade): boolean {
  if (kind === 'rlock' || (lock !== null && lock.ownReleases > 0)) return true;
  if (owner.isEnded) return level !== 'certain';
  const ownersWait = owner.wait;
  return ownersWait !== null && ownersWait.family === 'lock' && ownersWait.object !== wait.object;
}

/** What it waits for is there already: it has only not said so yet. */
function isAboutToEnd(wait: Wait, object: ObjectModel): boolean {
  const { queue, record } = object;
  switch (wait.op) {
    case OP['event.wait']:
      return object.isSet === true || isProvidedSince(wait, object);
    case OP['semaphore.acquire']:
      return object.permits !== null && object.permits > 0;
    case OP['barrier.wait']:
      return isProvidedSince(wait, object);
    case OP['condition.wait']:
    case OP['word.wait']:
      return object.pendingWakes > 0 && isProvidedSince(wait, object);
    case OP['queue.get']:
      return queue !== null && (queue.isClosed || queue.items.size > 0);
    case OP['queue.put']: {
      const capacity = record?.capacity ?? 0;
      return queue !== null && (queue.isClosed || (capacity > 0 && queue.items.size < capacity));
    }
    default:
      return false;
  }
}

const isProvidedSince = ({ since }: Wait, { lastProvide }: ObjectModel): boolean =>
  lastProvide !== null && lastProvide.t >= since;

function isOverdue(wait: Wait, object: ObjectModel, now: Nanos): boolean {
  return now - wait.since > Math.max(STUCK.patienceNs, STUCK.patienceFactor * object.longestWaitNs);
}

/** What a waiter of this kind needs from others: who did it, who tried. */
export function usesNeeded({ op }: Pick<Wait, 'op'>, object: ObjectModel): Uses | null {
  switch (op) {
    case OP['queue.put']:
      return object.queue?.gets ?? null;
    case OP['queue.get']:
      return object.queue?.puts ?? null;
    default:
      return object.provides;
  }
}

/** It ended, and nothing went wrong: another thread may do its part from then on, as in a pool that is filled again. */
function leftInPeace(model: Model, id: number): boolean {
  const thread = model.threads.get(id);
  return thread?.isEnded === true && !thread.failed && !thread.terminated && (thread.exitCode ?? 0) === 0;
}

/** The other threads that did it, and with them those that tried; empty when none did. */
export function providersOf(wait: Wait, object: ObjectModel): number[] {
  const uses = [...(usesNeeded(wait, object)?.values() ?? [])].filter(({ thread }) => thread !== wait.thread);
  return uses.some(({ count }) => count > 0) ? uses.map(({ thread }) => thread) : [];
}

/** The threads whose formulas hold, given that only those hold whose providers do. O(V+E). */
export function leastFixpoint(formulas: ReadonlyMap<number, Formula>): Set<number> {
  const living = new Set<number>();
  const waiting = new Map<number, number[]>();
  /** How many are missing of those that a thread needs all of. */
  const missing = new Map<number, number>();
  let forAnyone: number[] = [];
  const found: number[] = [];
  for (const [thread, formula] of formulas) {
    if (formula === 'nothing') found.push(thread);
    else if (formula === 'anyone') forAnyone.push(thread);
    else if ('all' in formula) {
      const all = new Set(formula.all);
      missing.set(thread, all.size);
      for (const provider of all) waiting.set(provider, [...(waiting.get(provider) ?? []), thread]);
    } else for (const provider of formula) waiting.set(provider, [...(waiting.get(provider) ?? []), thread]);
  }
  for (let next = found.pop(); next !== undefined; next = found.pop()) {
    if (living.has(next)) continue;
    living.add(next);
    const freed = (waiting.get(next) ?? []).filter((thread) => {
      const left = (missing.get(thread) ?? 1) - 1;
      missing.set(thread, left);
      return left <= 0;
    });
    found.push(...forAnyone, ...freed);
    forAnyone = [];
  }
  return living;
}
