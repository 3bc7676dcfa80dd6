/** A thread that waits for what it holds: what to change depends on which of its functions holds it, and how. */
import type { Hold, Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { FindingFrame } from './finding.js';
import { isToRead } from './liveness.js';
import type { Wording } from './wording.js';

/** `waits to read again`: of a lock for readers and writers it counts for what it is wanted. */
export function waitsAgain({ shared }: Hold, wait: Wait): string {
  if (!shared) return 'waits for it again';
  return isToRead(wait) ? 'waits to read again' : 'waits to write';
}

/** Who waits to write between two reads of one thread: the second read comes after it. */
export function writersBetween({ threads }: Model, hold: Hold, wait: Wait | null): Wait[] {
  if (wait === null || !hold.shared || !isToRead(wait)) return [];
  const waits = [...threads.values()].flatMap((thread) => [thread.wait, ...[...thread.asyncWaits.values()].flat()]);
  return waits.filter((one): one is Wait => {
    if (one === null || one.family !== 'lock' || one.object !== hold.lock) return false;
    return !isToRead(one) && one.since <= wait.since;
  });
}

export function selfAdvice(wording: Wording, hold: Hold, wait: Wait | null): string {
  const lock = wording.object(hold.lock);
  const back = `Give ${lock} back before it is taken again`;
  if (wait === null) return `${back}.`;
  if (wait.request !== undefined) {
    return `Give ${lock} back before it is asked for again: a Web Lock cannot be taken twice.`;
  }
  const { kind } = wording.model.objects.get(hold.lock) ?? {};
  if (kind === 'rwlock') return readWriteAdvice(wording, hold, wait);
  if (kind !== 'lock') return `${back}.`;
  const later = asynchronously(wording, wait);
  if (isHeldAsync(wording, hold)) {
    return `${later}, so that the function that holds ${lock} can go on and give it back. That function must not take it again itself.`;
  }
  if (isWithin(wording, hold, wait)) return `${back}, or make it an RLock, which its owner may take again.`;
  return `${back}, or make it an RLock if one function that takes it calls another. If an asynchronous function holds it meanwhile, an RLock is no help: ${later.replace('W', 'w')}.`;
}

function asynchronously(wording: Wording, wait: Wait): string {
  const place = wording.place(wait);
  const called = place === null ? null : wording.naming.called(wait.stack);
  const twin = called === 'with' || called === 'hold' ? `${called}Async` : 'acquireAsync';
  return `Wait with \`${twin}\`${place === null ? '' : ` at ${place}`}`;
}

function readWriteAdvice(wording: Wording, hold: Hold, wait: Wait): string {
  const lock = wording.object(hold.lock);
  if (!hold.shared) return `Give ${lock} back before it is taken again: who writes cannot take it a second time.`;
  if (!isToRead(wait)) {
    const place = wording.place(wait);
    return `Give ${lock} back before it is taken for writing${place === null ? '' : ` at ${place}`}: a writer waits for all readers, itself included.`;
  }
  return `Do not take ${lock} for reading again while reading: a writer that came in between goes first, and waits for the first read to end.`;
}

/** It was taken by an asynchronous function, which goes on only when its thread turns to its loop. */
function isHeldAsync({ naming }: Wording, { wait, stack, sampled }: Hold): boolean {
  return wait?.isAsync === true || (!sampled && naming.called(stack)?.endsWith('Async') === true);
}

/** The function that holds the lock is still being run where the thread waits. */
function isWithin({ naming }: Wording, hold: Hold, wait: Wait): boolean {
  if (hold.sampled || wait.sampled === true) return false;
  const [holder, ...callers] = naming.frames(hold.stack);
  const frames = naming.frames(wait.stack);
  const waiter = frames.at(-1 - callers.length);
  if (holder === undefined || waiter === undefined) return false;
  const isCalledAlike = callers.every((caller, i) => isSame(caller, frames.at(i - callers.length)));
  return isCalledAlike && holder.file === waiter.file && holder.function === waiter.function;
}

const isSame = (a: FindingFrame, b: FindingFrame | undefined): boolean =>
  a.file === b?.file && a.line === b.line && a.column === b.column;
