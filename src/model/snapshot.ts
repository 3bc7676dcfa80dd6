/**
 * A model as events that lead to it: with their original times, what is still open as it happened, of the rest only what
 * later judgements need (`pastSteps.ts`). A model that is fed with them goes on like the one that they were taken from.
 */
import type { EventColumns } from '../trace/eventBatch.js';
import { NO_TIMEOUT, OP, SEEN_IN } from '../trace/ops.js';
import type { MarkerRecord } from '../trace/records.js';
import { asyncKey } from './asyncWaits.js';
import type { Wait } from './intervals.js';
import type { LockRequest } from './lockRequests.js';
import type { Model } from './model.js';
import { tellObject } from './objectSnapshot.js';
import { modeOf, Story } from './story.js';
import type { Deed, ThreadModel } from './threadModel.js';
import { THREAD_STATE } from './threadState.js';

const MAX_ERRORS = 20;

export function snapshotEvents(model: Model): EventColumns {
  const story = new Story(model.threads);
  for (const thread of model.threads.values()) tellBeginning(story, thread);
  for (const object of model.objects.values()) tellObject(story, model, object);
  for (const thread of model.threads.values()) tellEnd(story, model, thread);
  return story.columns();
}

/** Markers that go on to matter. */
export function snapshotMarkers(model: Model): MarkerRecord[] {
  const drops = new Map<number, Model['drops'][number]>();
  for (const drop of model.drops) {
    drops.set(drop.thread, { ...drop, count: drop.count + (drops.get(drop.thread)?.count ?? 0) });
  }
  const t = model.now;
  const errors = model.recorderErrors.slice(-MAX_ERRORS);
  return [
    ...drops.values(),
    ...model.deadlockMarkers,
    ...errors.map((message): MarkerRecord => ({ kind: 'recorderError', t, thread: 0, message })),
  ];
}

function tellBeginning(story: Story, { id, started, begun }: ThreadModel): void {
  if (started !== null) story.tell('thread.start', started, id);
  if (begun >= 0) story.tell('thread.begin', { thread: id, stack: -1, t: begun }, id);
}

function tellEnd(story: Story, model: Model, thread: ThreadModel): void {
  const { id, wait, lastDone, lastTime, failed, terminated, ended, exitCode } = thread;
  if (lastDone !== null) {
    story.tell('recorder.waited', { ...lastDone, thread: id, t: lastDone.until }, 0, lastDone.until - lastDone.since);
  }
  for (const waits of thread.asyncWaits.values()) for (const one of waits) tellAsyncWait(story, one);
  if (thread.endingAsync !== null) {
    tellAsyncWait(story, thread.endingAsync);
    tellAsyncEnd(story, thread, thread.endingAsync);
  }
  for (const request of thread.requests.values()) tellRequest(story, request, lastTime);
  if (wait !== null) story.wait(wait);
  if (thread.isTraced) {
    const at = { thread: id, stack: -1, t: lastTime };
    story.tell('recorder.seen', at, 0, SEEN_IN.indexOf(whereSeen(thread)), thread.loopResources);
  }
  if (failed !== null) {
    const text = model.dictionary.strings.lastIndexOf(failed.error);
    story.tell('thread.fail', failed, id, text < 0 ? NaN : text);
  }
  if (terminated !== null) story.tell('thread.terminate', terminated, id);
  if (ended !== null) story.tell('thread.end', ended, id, exitCode ?? NaN);
}

function tellAsyncWait(story: Story, wait: Wait): void {
  const { thread, op, object, stack, sampled = false, since: t, arg, timeoutMs } = wait;
  const at = { thread, stack, t, sampled };
  const timeout = timeoutMs ?? NO_TIMEOUT;
  if (op === OP['word.waitAsync']) story.tell('word.waitAsync', at, object, arg, timeout);
  else if (op === OP['thread.join']) story.tell('thread.joinAsync', at, object, NaN, timeout);
  else story.tell('async.wait', at, object, arg, timeout);
}

function tellAsyncEnd(story: Story, { id, asyncWaits, lastTime }: ThreadModel, { op, object, arg, since }: Wait): void {
  const at = { thread: id, stack: -1, t: lastTime };
  const others = asyncWaits.get(asyncKey(op, object)) ?? [];
  const place = others.filter((other) => other.op === op && other.since <= since).length;
  if (op === OP['thread.join']) story.tell('thread.joinAsyncEnd', at, object, place);
  else story.tell('async.end', at, object, arg, place);
}

function whereSeen({ wait, state }: ThreadModel): (typeof SEEN_IN)[number] {
  if (wait !== null) return 'waiting';
  if (state === THREAD_STATE.unknown) return 'unknown';
  return state === THREAD_STATE.loop ? 'loop' : 'running';
}

/** Of a Web Lock; one that was written by hand has no number. */
function tellRequest(story: Story, request: LockRequest, lastTime: Deed['t']): void {
  const { thread, lock, outer, follows, isBounded, wait, hold } = request;
  const number = (one: LockRequest): number => (one.number > 0 ? one.number : NaN);
  const first = wait ?? hold?.wait ?? hold;
  const at = { thread, stack: first?.stack ?? -1, t: first?.since ?? lastTime, sampled: first?.sampled ?? false };
  story.tell('lock.request', at, lock, number(request), outer === null ? 0 : Math.max(0, outer.number));
  for (const one of [wait, hold?.wait]) if (one) story.wait(one);
  if (hold) {
    const { shared, bounded, since, stack, sampled } = hold;
    const mode = modeOf(shared, bounded || isBounded);
    story.tell('lock.acquired', { thread, stack, t: since, sampled }, lock, number(request), mode);
  }
  if (follows !== null && follows.number > 0) {
    story.tell('lock.follow', { thread, stack: -1, t: lastTime }, lock, number(request), follows.number);
  }
}
