/**
 * Who can still run? A wait has a formula over threads: a lock needs its owner, a join its target, a queue, event or word
 * some thread that can provide. The threads that can still run are the least fixpoint of these formulas; the rest are
 * dead. Whatever is not known counts as alive. The formulas get bolder from level to level:
 *
 * - certain: owners and joins decide; everything else can be done by any living thread. Event loops live.
 * - likely: an event loop without resources of its own needs another living thread; a queue or event needs one of those
 *   that did it before, once the wait has become long.
 * - possible: the owner of a lock decides even when nobody was seen to use it as a lock: it could be a signal.
 */
import type { Nanos } from '../base/brand.js';
import type { Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { ObjectModel, Uses } from '../model/objectModel.js';
import type { ThreadModel } from '../model/threadModel.js';
import { THREAD_STATE } from '../model/threadState.js';
import { OP } from '../trace/ops.js';
import { DEAD_FOR_LIVE_NS, DEAD_FOR_NS, PATIENCE_FACTOR, PATIENCE_NS } from './catalogue.js';
import type { Grade } from './finding.js';

/** Strongest first. */
export const LEVELS: readonly Grade[] = ['certain', 'likely', 'possible'];

export interface DeadThread {
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

/** What must hold for a thread to go on: nothing, any other living thread, or one of these. */
export type Formula = 'nothing' | 'anyone' | readonly number[];

const never: Formula = [];

/** The dead threads by id. Those that have ended are not among them. */
export function findDead(model: Model, now: Nanos, options: LivenessOptions = {}): Map<number, DeadThread> {
  const before = (now - minAge(model, options)) as Nanos;
  const dead = new Map<number, DeadThread>();
  const levels = options.onlyCertain === true ? LEVELS.slice(0, 1) : LEVELS;
  const reachable = messagesUnderway(model);
  for (const level of levels) {
    const formulas = new Map<number, Formula>();
    for (const thread of model.threads.values()) {
      formulas.set(thread.id, formulaOf(model, thread, level, now, before, reachable));
    }
    const living = leastFixpoint(formulas);
    for (const thread of model.threads.values()) {
      if (living.has(thread.id) || thread.isEnded || dead.has(thread.id)) continue;
      const { wait } = thread;
      dead.set(thread.id, { thread, wait, grade: level, since: wait?.since ?? thread.lastTime });
    }
  }
  return dead;
}

/** Where the watchdog saw a deadlock and its threads have not moved since, its shorter age is enough. */
function minAge(model: Model, { minAgeNs = DEAD_FOR_NS }: LivenessOptions): number {
  const stillStands = model.deadlockMarkers.some(({ t, threads }) =>
    threads.every((id) => {
      const thread = model.threads.get(id);
      return thread !== undefined && !thread.isEnded && thread.lastTime <= t;
    }),
  );
  return stillStands ? Math.min(minAgeNs, DEAD_FOR_LIVE_NS) : minAgeNs;
}

/** Threads to which a message is on its way; null: to anybody. */
function messagesUnderway(model: Model): ReadonlySet<number> | null {
  const receivers = new Set<number>();
  for (const { port } of model.objects.values()) {
    if (port === null || port.undelivered.size === 0 || port.isClosed) continue;
    if (port.listener !== null && !port.isListened) continue;
    if (port.to < 0) return null;
    receivers.add(port.to);
  }
  return receivers;
}

function formulaOf(
  model: Model,
  thread: ThreadModel,
  level: Grade,
  now: Nanos,
  before: Nanos,
  messages: ReadonlySet<number> | null,
): Formula {
  if (thread.isEnded) return thread.ended === null || thread.ended.t > before ? 'nothing' : never;
  if (!thread.isTraced || thread.lastTime > before) return 'nothing';
  const { wait } = thread;
  if (wait !== null) {
    return wait.timeoutMs === null ? formulaOfWait(model, wait, level, now) : 'nothing';
  }
  if (thread.state !== THREAD_STATE.loop || level === 'certain') return 'nothing';
  const mayWake = thread.loopResources !== 0 || messages === null || messages.has(thread.id);
  return mayWake ? 'nothing' : 'anyone';
}

function formulaOfWait(model: Model, wait: Wait, level: Grade, now: Nanos): Formula {
  if (wait.family === 'thread') {
    const target = model.threads.get(wait.object);
    return target === undefined || target.ended !== null ? 'nothing' : [target.id];
  }
  const object = model.objects.get(wait.object);
  if (object === undefined) return 'nothing';
  if (wait.family === 'lock') return formulaOfLock(model, wait, object, level);
  if (isAboutToEnd(wait, object)) return 'nothing';
  if (level === 'certain' || !isOverdue(wait, object, now)) return 'anyone';
  const providers = providersOf(wait, object);
  return providers.length > 0 ? providers : 'anyone';
}

function formulaOfLock(model: Model, wait: Wait, object: ObjectModel, level: Grade): Formula {
  const { lock, kind } = object;
  if (kind === 'rwlock' || kind === 'weblock') return 'anyone';
  if (lock === null || lock.hold === null) return 'nothing';
  if (lock.foreignRelease !== null) return 'anyone';
  const owner = model.threads.get(lock.hold.thread);
  if (owner === undefined) return 'nothing';
  return level === 'possible' || isMutex(object, owner, wait, level) ? [owner.id] : 'anyone';
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
      return object.isSet === true;
    case OP['word.wait']:
      return object.pendingWakes > 0 && object.lastProvide !== null && object.lastProvide.t >= wait.since;
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

function isOverdue(wait: Wait, object: ObjectModel, now: Nanos): boolean {
  return now - wait.since > Math.max(PATIENCE_NS, PATIENCE_FACTOR * object.longestWaitNs);
}

/** What a waiter of this kind needs from others: who did it, who tried. */
export function usesNeeded({ op }: Wait, object: ObjectModel): Uses | null {
  switch (op) {
    case OP['queue.put']:
      return object.queue?.gets ?? null;
    case OP['queue.get']:
      return object.queue?.puts ?? null;
    case OP['queue.join']:
    case OP['barrier.wait']:
    case OP['task.wait']:
      return null;
    default:
      return object.provides;
  }
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
  let forAnyone: number[] = [];
  const found: number[] = [];
  for (const [thread, formula] of formulas) {
    if (formula === 'nothing') found.push(thread);
    else if (formula === 'anyone') forAnyone.push(thread);
    else for (const provider of formula) waiting.set(provider, [...(waiting.get(provider) ?? []), thread]);
  }
  for (let next = found.pop(); next !== undefined; next = found.pop()) {
    if (living.has(next)) continue;
    living.add(next);
    found.push(...forAnyone, ...(waiting.get(next) ?? []));
    forAnyone = [];
  }
  return living;
}
