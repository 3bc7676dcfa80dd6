/**
 * Requests for Web Locks. They wait and hold while the loop of their thread goes on, several of one thread at a time and
 * for the same lock: so waits and holds are kept for each request, and none of them is a state of its thread.
 */
import type { Nanos } from '../base/brand.js';
import { LOCK_MODES } from '../trace/ops.js';
import type { Hold, Wait, WaitOutcome } from './intervals.js';
import type { Model } from './model.js';
import { openWait } from './openWait.js';
import type { EventCursor } from './step.js';
import type { ThreadModel } from './threadModel.js';

export interface LockRequest {
  readonly thread: number;
  /** Its number in its thread. */
  readonly number: number;
  readonly lock: number;
  /** The request inside whose callback it was made; whether that callback waits for it, `follows` says there. */
  readonly outer: LockRequest | null;
  /** Requests made inside its callback that are not over. */
  readonly inner: Set<LockRequest>;
  /** Where those were made that are over. */
  readonly innerDone: Set<number>;
  /** The request that its callback awaits or returned: it holds its lock until that one is over. */
  follows: LockRequest | null;
  /** A signal may end it, or it does not wait at all. */
  isBounded: boolean;
  wait: Wait | null;
  hold: Hold | null;
}

/** How often one line was over before the callback around it was, and how often it was not. */
export interface Nesting {
  within: number;
  beyond: number;
}

const MAX_NESTINGS = 4096;

export const isBoundedMode = (mode: number): boolean => ['bounded', 'boundedShared'].includes(LOCK_MODES[mode] ?? '');
export const isSharedMode = (mode: number): boolean => ['shared', 'boundedShared'].includes(LOCK_MODES[mode] ?? '');

/** Traces that were written by hand may leave numbers out: then a thread has one request a lock. */
const numberOf = (number: number, lock: number): number => (number > 0 ? number : -lock);

export function findRequest(thread: ThreadModel, lock: number, number: number): LockRequest | null {
  const request = thread.requests.get(numberOf(number, lock));
  return request?.lock === lock ? request : null;
}

export function requestOf(
  thread: ThreadModel,
  lock: number,
  number: number,
  outer: LockRequest | null = null,
): LockRequest {
  const known = findRequest(thread, lock, number);
  if (known !== null) return known;
  const request: LockRequest = {
    thread: thread.id,
    number: numberOf(number, lock),
    lock,
    outer,
    inner: new Set(),
    innerDone: new Set(),
    follows: null,
    isBounded: false,
    wait: null,
    hold: null,
  };
  thread.requests.set(request.number, request);
  outer?.inner.add(request);
  return request;
}

/** It waits from now on. */
export function openRequest(model: Model, request: LockRequest, event: EventCursor): void {
  request.isBounded = isBoundedMode(event.arg);
  const owner = model.objects.get(event.object)?.lock?.hold?.thread;
  const wait: Wait = { ...openWait(event, 'lock', null, owner), request };
  request.wait = wait;
  model.audience.attempt(wait);
}

/** Its wait is over; the wait is given and still has to be told. */
export function endWait(model: Model, request: LockRequest, t: Nanos, outcome: WaitOutcome): Wait | null {
  const { wait } = request;
  if (wait === null) return null;
  request.wait = null;
  wait.until = t > wait.since ? t : wait.since;
  wait.outcome = outcome;
  const object = model.objectOf(wait.object);
  if (outcome === 'done') object.longestWaitNs = Math.max(object.longestWaitNs, wait.until - wait.since);
  return wait;
}

/** Nothing more will come of it. `stack` is where it was made. */
export function endRequest(model: Model, thread: ThreadModel, request: LockRequest, stack: number): void {
  thread.requests.delete(request.number);
  const { outer, inner, innerDone } = request;
  if (outer?.inner.delete(request)) outer.innerDone.add(stack);
  for (const place of innerDone) noteNesting(model, stack, place, 'within');
  for (const open of inner) {
    noteNesting(model, stack, (open.wait ?? open.hold)?.stack ?? -1, 'beyond');
    if (open.hold !== null) open.hold.outlivesOuter = true;
  }
}

function noteNesting(model: Model, outer: number, inner: number, how: keyof Nesting): void {
  const key = `${outer} ${inner}`;
  let nesting = model.nestings.get(key);
  if (nesting === undefined) {
    if (model.nestings.size >= MAX_NESTINGS) return;
    model.nestings.set(key, (nesting = { within: 0, beyond: 0 }));
  }
  nesting[how] += 1;
}

/** In each run that was seen, the callback around it waited for a request made at this line: it most likely does again. */
export function isSeenWithin(model: Model, outer: number, inner: number): boolean {
  const nesting = model.nestings.get(`${outer} ${inner}`);
  return nesting !== undefined && nesting.within > 0 && nesting.beyond === 0;
}

/** What was taken by requests around it, the outermost first. */
export function holdsAround({ outer }: LockRequest): Hold[] {
  if (outer === null) return [];
  return [...holdsAround(outer), ...(outer.hold === null ? [] : [outer.hold])];
}
