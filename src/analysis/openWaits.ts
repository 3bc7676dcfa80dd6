/**
 * Threads that wait while all others sit in event loops that can still be woken: by a server, a timer, a signal. Such a loop
 * may end any wait, so nobody is dead. But a wait that has lasted long, and that is none of those in which a thread rests
 * until there is something to do, is worth a note.
 */
import { nanos, type Nanos } from '../base/brand.js';
import type { Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { ThreadModel } from '../model/threadModel.js';
import { THREAD_STATE } from '../model/threadState.js';
import { OP } from '../trace/ops.js';
import { leastFixpoint, type Formula } from './fixpoint.js';
import { formulaOf, isOverdue, messagesUnderway, type DeadThread } from './liveness.js';
import { STUCK } from './thresholds.js';
import { listed, type Wording } from './wording.js';

/** The threads that only an event loop can help. Not for a model in which threads are dead anyway. */
export function findOpen(model: Model, now: Nanos): Map<number, DeadThread> {
  const before = nanos(now - STUCK.openNs);
  const underway = messagesUnderway(model);
  const formulas = new Map<number, Formula>();
  for (const thread of model.threads.values()) {
    const isUsual = thread.wait !== null && !isLong(model, thread.wait, now);
    formulas.set(thread.id, isUsual ? 'nothing' : formulaOf(model, thread, 'possible', now, before, underway));
  }
  const living = leastFixpoint(formulas, (id) => isSilentLoop(model.threads.get(id), before));
  const open = new Map<number, DeadThread>();
  for (const thread of model.threads.values()) {
    const { id, wait } = thread;
    if (wait === null || living.has(id) || thread.isEnded) continue;
    open.set(id, { node: id, thread, wait, grade: 'possible', since: wait.since });
  }
  return open;
}

/** Longer than anybody has waited for it before. */
function isLong(model: Model, wait: Wait, now: Nanos): boolean {
  const object = wait.family === 'thread' ? undefined : model.objects.get(wait.object);
  return now - wait.since > STUCK.openNs && (object === undefined || isOverdue(wait, object, now));
}

/** It lives, and nothing shows that it helps anybody. */
const isSilentLoop = (thread: ThreadModel | undefined, before: Nanos): boolean =>
  thread?.state === THREAD_STATE.loop && thread.lastTime <= before;

/**
 * It waits in the middle of something. Who waits for an item, an event, a notify or a message may have nothing to do, and
 * so may who joins such a thread.
 */
export function isInTheMiddle({ objects }: Model, { op, object }: Wait): boolean {
  switch (op) {
    case OP['queue.put']:
    case OP['queue.join']:
    case OP['barrier.wait']:
      return true;
    case OP['semaphore.acquire']:
      // One without permits at first is a signal.
      return (objects.get(object)?.record?.capacity ?? 0) > 0;
    case OP['task.wait']:
      return objects.get(object)?.kind === 'task';
    default:
      return false;
  }
}

/** `the event loop of main still turns and could end this`: who is not in the fixpoint for certain. */
export function whoCouldHelp({ model, naming }: Wording): string {
  const loops = [...model.threads.values()].filter(({ state }) => state === THREAD_STATE.loop);
  const names = listed(loops.map(({ id }) => naming.thread(id)));
  return loops.length === 1
    ? `the event loop of ${names} still turns, and could end this`
    : `the event loops of ${names} still turn, and could end this`;
}

export const OPEN_DOUBT =
  'An event loop that still turns can do anything when a timer, a connection or a signal wakes it: whether it will is not known.';
