/**
 * Circles of inferred locks are surer than one wait for such a lock: who asks for a second lock while it has a first one uses
 * them as locks. As long as nobody who could go on has ever run the code of these locks, nobody but their owners gives
 * them back.
 */
import type { Nanos } from '../base/brand.js';
import type { Model } from '../model/model.js';
import type { ThreadModel } from '../model/threadModel.js';
import { THREAD_STATE } from '../model/threadState.js';
import { GRADES, type Grade } from './finding.js';
import { leastFixpoint, type Formula } from './fixpoint.js';
import { inferredCircles, isProvenCode, type InferredCircle } from './inferredLocks.js';
import type { DeadThread, Underway } from './liveness.js';
import { STUCK } from './thresholds.js';

export interface Times {
  readonly now: Nanos;
  /** Who wrote something later is not idle. */
  readonly before: Nanos;
}

/**
 * Raises the grades of threads in such circles.
 * @param certain the formulas of the level of that name
 */
export function raiseCircles(
  model: Model,
  dead: Map<number, DeadThread>,
  certain: ReadonlyMap<number, Formula>,
  times: Times,
  underway: Underway,
): void {
  for (const circle of inferredCircles(model, dead)) {
    const living = [...model.threads.values()].filter(({ id, isEnded }) => !isEnded && !dead.has(id));
    if (gradeOf(circle, dead) === 'possible' && living.every(({ id }) => isStranger(model, id, circle)))
      raise(circle, dead, 'likely');
    if (gradeOf(circle, dead) === 'likely' && isBeyondHelp(model, circle, certain, times, underway))
      raise(circle, dead, 'certain');
  }
}

const gradeOf = ({ members }: InferredCircle, dead: ReadonlyMap<number, DeadThread>): Grade | undefined =>
  GRADES.filter((level) => members.some((id) => dead.get(id)?.grade === level)).at(-1);

function raise({ members }: InferredCircle, dead: Map<number, DeadThread>, grade: Grade): void {
  for (const id of members) {
    const one = dead.get(id);
    if (one !== undefined && GRADES.indexOf(one.grade) > GRADES.indexOf(grade)) dead.set(id, { ...one, grade });
  }
}

const isStranger = ({ inference }: Model, thread: number, { locks }: InferredCircle): boolean =>
  locks.every(({ word }) => inference.isStranger(thread, word));

/** Nobody can run but for event loops that nothing is seen to wake, of threads that have nothing to do with these locks. */
function isBeyondHelp(
  model: Model,
  circle: InferredCircle,
  certain: ReadonlyMap<number, Formula>,
  times: Times,
  { receivers }: Underway,
): boolean {
  // Where nobody has given one back yet, only a longer silence speaks.
  const silence = circle.locks.every(isProvenCode) ? 0 : STUCK.idleAskerNs;
  const isIdle = ({ id, wait, state, loopResources, lastTime, isTraced }: ThreadModel): boolean =>
    isTraced &&
    wait === null &&
    state === THREAD_STATE.loop &&
    loopResources === 0 &&
    lastTime <= Math.min(times.before, times.now - silence) &&
    receivers !== null &&
    !receivers.has(id);
  const formulas = new Map(certain);
  for (const thread of model.threads.values()) {
    if (!thread.isEnded && isIdle(thread) && isStranger(model, thread.id, circle)) formulas.set(thread.id, 'anyone');
  }
  const living = leastFixpoint(formulas);
  return circle.members.every((id) => !living.has(id));
}
