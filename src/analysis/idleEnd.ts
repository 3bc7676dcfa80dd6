import type { Model } from '../model/model.js';
import type { ThreadModel } from '../model/threadModel.js';
import { THREAD_STATE } from '../model/threadState.js';

/**
 * A program that did not end by itself while all its threads sat in their event loops: it may have been stopped because it
 * hung, or because a server is stopped so. A sentence; null: it is not so, or not known.
 */
export function idleEnd(model: Model): string | null {
  if (model.end?.end !== 'killed' || model.dropped > 0) return null;
  const living = [...model.threads.values()].filter(({ isEnded }) => !isEnded);
  const isIdle = ({ state, wait, isTraced }: ThreadModel): boolean =>
    isTraced && state === THREAD_STATE.loop && wait === null;
  if (living.length === 0 || !living.every(isIdle)) return null;
  const { signal } = model.end;
  const who = living.length === 1 ? `${living[0]?.id === 0 ? 'main' : 'its last thread'} was` : 'all threads were';
  const loops = living.length === 1 ? 'its event loop' : 'their event loops';
  const what = living.every((thread) => onlyListens(model, thread)) ? ', waiting for messages' : '';
  return `${signal === null ? 'Not ended by itself' : `Ended by ${signal}`}; ${who} idle in ${loops}${what}.`;
}

/** Nothing outside of the program's threads was seen that could wake it, and it waits for nothing else. */
function onlyListens({ objects }: Model, { id, loopResources, asyncWaits, requests }: ThreadModel): boolean {
  if (loopResources !== 0 || asyncWaits.size > 0 || requests.size > 0) return false;
  return [...objects.values()].some(({ port }) => port !== null && port.to === id && port.isListened && !port.isClosed);
}
