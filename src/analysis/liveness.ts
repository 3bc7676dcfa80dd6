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
import { LOCK_MODES, OP } from '../trace/ops.js';
import { raiseCircles } from './circleGrades.js';
import { findDeadRequests } from './deadRequests.js';
import { GRADES, type Grade } from './finding.js';
import { leastFixpoint, type Formula } from './fixpoint.js';
import { formulaOfInferred, pollingWaits } from './inferredLocks.js';
import { STUCK } from './thresholds.js';
import { mayBeWoken, mayHaveOtherNames } from './wordNames.js';

export const LEVELS = GRADES;

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

const never: Formula = [];

/** The dead threads and requests by their numbers. Threads that have ended are not among them. */
export function findDead(model: Model, now: Nanos, options: LivenessOptions = {}): Map<number, DeadThread> {
  const before = (now - minAge(model, options)) as Nanos;
  const dead = new Map<number, DeadThread>();
  const polls = pollingWaits(model, now);
  const levels = options.onlyCertain === true ? LEVELS.slice(0, 1) : LEVELS;
  const messages = messagesUnderway(model);
  const requests = new Map<LockRequest, Grade>();
  let certain: ReadonlyMap<number, Formula> = new Map();
  for (const level of levels) {
    const formulas = new Map<number, Formula>();
    if (level === 'certain') certain = formulas;
    for (const thread of model.threads.values()) {
      const poll = polls.get(thread.id);
      formulas.set(
        thread.id,
        poll !== undefined && level !== 'certain' && poll.since <= before
          ? (formulaOfInferred(model, poll, level) ?? 'nothing')
          : formulaOf(model, thread, level, now, before, messages),
      );
    }
    const living = leastFixpoint(formulas);
    for (const thread of model.threads.values()) {
      if (living.has(thread.id) || thread.isEnded || dead.has(thread.id)) continue;
      const wait = polls.get(thread.id) ?? thread.wait;
      dead.set(thread.id, { node: thread.id, thread, wait, grade: level, since: wait?.since ?? thread.lastTime });
    }
    for (const one of findDeadRequests(model, dead, level, before)) if (!requests.has(one)) requests.set(one, level);
  }
  raiseCircles(model, dead, certain, { now, before }, messages);
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

export interface Underway {
  /** Threads to which a message is on its way; null: to anybody. */
  readonly receivers: ReadonlySet<number> | null;
  /**
   * Threads whose question has not been taken because its receiver sits in a synchronous wait, and how long their loops
   * must have been silent. A thread that works on that receiver's own request may only tell how far it is.
   */
  readonly askers: ReadonlyMap<number, number>;
}

export function messagesUnderway(model: Model): Underway {
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

/** What must hold for a thread to go on, as far as that is believed at a level. */
export function formulaOf(
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
  const inferred = formulaOfInferred(model, wait, level);
  if (inferred !== null) return inferred;
  if (level === 'certain' || !isOverdue(wait, object, now) || mayHaveOtherNames(model, wait)) return 'anyone';
  const providers = providersOf(wait, object);
  if (providers.length === 0 || providers.every((id) => leftInPeace(model, id))) return 'anyone';
  return [...providers, ...lateWriter(wait, object)];
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
  const owners = holdsOf(lock).map(({ thread }) => model.threads.get(thread));
  const known = owners.filter((owner) => owner !== undefined);
  if (known.length === 0 || known.length < owners.length) return 'nothing';
  if (lock.hold === null && isToRead(wait) && !isBehindWriter(model, wait)) return 'nothing';
  if (lock.foreignRelease !== null) return 'anyone';
  const areMutex = level === 'possible' || known.every((owner) => isMutex(object, owner, wait, level));
  return areMutex ? { all: known.map(({ id }) => id) } : 'anyone';
}

/** Of a wait for a lock for readers and writers. */
export const isToRead = ({ arg = NaN }: Wait): boolean =>
  LOCK_MODES[arg] === 'shared' || LOCK_MODES[arg] === 'boundedShared';

/** A writer came before, and does not give up: one that does lets the readers behind it in. */
function isBehindWriter(model: Model, { op, object, since }: Wait): boolean {
  for (const { wait } of model.threads.values()) {
    const isWriter = wait?.op === op && wait.object === object && !isToRead(wait);
    if (isWriter && wait.since <= since && wait.timeoutMs === null) return true;
  }
  return false;
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

/** Who has changed a word since somebody waits for it may be about to say so. */
function lateWriter({ family, since }: Wait, { lastWrite }: ObjectModel): number[] {
  return family === 'word' && lastWrite !== null && lastWrite.t >= since ? [lastWrite.thread] : [];
}

/** Those who did it before have not done it for far longer than ever. */
export function isOverdue(wait: Wait, object: ObjectModel, now: Nanos): boolean {
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
