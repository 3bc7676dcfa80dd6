/**
 * A model as events that lead to it: with their original times, what is still open as it happened, of the rest only what
 * later judgements need (`pastSteps.ts`). A model that is fed with them goes on like the one that they were taken from.
 */
import { EventColumns } from '../trace/eventBatch.js';
import { LOCK_MODES, NO_TIMEOUT, OP, PAST_DEEDS, SEEN_IN, type SingleOpName } from '../trace/ops.js';
import type { MarkerRecord } from '../trace/records.js';
import type { Hold, Wait } from './intervals.js';
import type { LockRequest } from './lockRequests.js';
import type { Model } from './model.js';
import type { LockState, ObjectModel, PortState, QueueState, Uses } from './objectModel.js';
import type { PastDeed } from './pastSteps.js';
import type { Deed, ThreadModel } from './threadModel.js';
import { THREAD_STATE } from './threadState.js';
import { ATTEMPTS } from './waits.js';

/** Items of a queue that are told: who waits for more room than this has waited for long. */
const MAX_ITEMS = 10_000;
const MAX_ERRORS = 20;
/** The second operand has 32 bits. */
const MAX_EXTRA = 0x7fffffff;

interface Row {
  readonly t: number;
  readonly thread: number;
  readonly op: number;
  readonly object: number;
  readonly stack: number;
  readonly arg: number;
  readonly extra: number;
  readonly sampled: boolean;
}

/** In order of time; what is said at the same time keeps the order in which it was added. */
class Story {
  private readonly rows: Row[] = [];

  /** A thread that is there, for what is no thread's own doing. */
  private readonly someone: number;

  constructor(private readonly threads: Model['threads']) {
    [this.someone = 0] = threads.keys();
  }

  tell(name: SingleOpName, at: Deed, object: number, arg = NaN, extra = 0, sampled = false): void {
    const { thread, t, stack } = at;
    // A thread that is forgotten has ended; an event of it would make it live.
    if (this.threads.has(thread)) this.rows.push({ t, thread, op: OP[name], object, stack, arg, extra, sampled });
  }

  did(deed: PastDeed, at: Deed, object: number, left = 0): void {
    this.tell('past.did', at, object, PAST_DEEDS.indexOf(deed), Math.min(left, MAX_EXTRA));
  }

  /** What is true of an object since before the snapshot. */
  was(deed: PastDeed, object: number, left = 0): void {
    this.did(deed, this.before, object, left);
  }

  get before(): Deed {
    return { thread: this.someone, stack: -1, t: 0 as Deed['t'] };
  }

  wait({ thread, op, object, stack, arg = NaN, since, timeoutMs }: Wait): void {
    const isArg = ATTEMPTS[op]?.timeoutIn === 'arg';
    const extra = isArg ? 0 : (timeoutMs ?? NO_TIMEOUT);
    this.rows.push({ t: since, thread, op, object, stack, arg, extra, sampled: false });
  }

  columns(): EventColumns {
    const columns = new EventColumns(Math.max(16, this.rows.length));
    for (const row of this.rows.sort((a, b) => a.t - b.t)) {
      columns.push(row.t, row.thread, row.op, row.object, row.stack, row.sampled, row.arg, row.extra);
    }
    return columns;
  }
}

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
  for (const [word, waits] of thread.asyncWaits) {
    for (const { stack, since, expected, timeoutMs } of waits) {
      story.tell('word.waitAsync', { thread: id, stack, t: since }, word, expected, timeoutMs ?? NO_TIMEOUT);
    }
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
  const at = { thread, stack: first?.stack ?? -1, t: first?.since ?? lastTime };
  story.tell('lock.request', at, lock, number(request), outer === null ? 0 : Math.max(0, outer.number));
  for (const one of [wait, hold?.wait]) if (one) story.wait(one);
  if (hold) {
    const { shared, bounded, since, stack, sampled } = hold;
    const mode = modeOf(shared, bounded || isBounded);
    story.tell('lock.acquired', { thread, stack, t: since }, lock, number(request), mode, sampled);
  }
  if (follows !== null && follows.number > 0) {
    story.tell('lock.follow', { thread, stack: -1, t: lastTime }, lock, number(request), follows.number);
  }
}

function modeOf(shared: boolean, bounded: boolean): number {
  if (shared) return LOCK_MODES.indexOf(bounded ? 'boundedShared' : 'shared');
  return LOCK_MODES.indexOf(bounded ? 'bounded' : 'exclusive');
}

function tellObject(story: Story, model: Model, object: ObjectModel): void {
  const { id, lock, queue, port, provides, isSet, isSetSince, longestWaitNs, pendingWakes, lastProvide } = object;
  if (object.lastWrite !== null) story.did('wrote', object.lastWrite, id);
  if (longestWaitNs > 0) story.tell('past.longestWait', story.before, id, longestWaitNs);
  if (lock !== null) tellLock(story, id, lock);
  if (queue !== null) tellQueue(story, id, queue);
  if (port !== null) tellPort(story, id, port, model.broadcasts.ownOf(object.record?.name ?? '', id));
  for (const { thread, count, last, stack } of provides.values()) {
    const isLast = lastProvide?.thread === thread && lastProvide.t === last;
    if (count > 0) story.did('provided', { thread, stack, t: last }, id, isLast ? pendingWakes : 0);
  }
  if (isSet !== null && isSetSince !== null) story.tell('event.test', isSetSince, id, isSet ? 1 : 0);
}

function tellLock(story: Story, id: number, lock: LockState): void {
  const { hold, sharedHolds, depth, ownReleases, foreignRelease, releasedBy, releaseStack, releasedAt } = lock;
  if (foreignRelease !== null) story.did('gaveBackForeign', foreignRelease, id);
  if (ownReleases > 0) story.did('gaveBack', { thread: releasedBy, stack: releaseStack, t: releasedAt }, id);
  if (lock.wasStolen) story.was('stole', id);
  for (const one of sharedHolds.values()) tellHold(story, one, 1);
  // That of a Web Lock belongs to a request.
  if (hold !== null && lock.granted.size === 0) tellHold(story, hold, depth);
}

function tellHold(
  story: Story,
  { lock, thread, since, stack, shared, bounded, sampled, wait }: Hold,
  depth: number,
): void {
  const mode = modeOf(shared, bounded);
  if (wait !== null && wait.since <= since) story.wait(wait);
  for (let i = 1; i <= Math.max(1, depth); i++)
    story.tell('lock.acquired', { thread, stack, t: since }, lock, i, mode, sampled);
}

function tellQueue(story: Story, id: number, { items, nextItem, puts, gets, isClosed }: QueueState): void {
  let told = 0;
  for (const [item, parcel] of items) if (told++ < MAX_ITEMS) story.tell('queue.putDone', parcel, id, item);
  tellUses(story, id, puts, 'put', 'wantedPut');
  tellUses(story, id, gets, 'got', 'wantedGet', nextItem);
  if (isClosed) story.was('closed', id);
}

function tellUses(story: Story, id: number, uses: Uses, did: PastDeed, tried: PastDeed, left = 0): void {
  for (const { thread, count, last, stack } of uses.values()) {
    story.did(count > 0 ? did : tried, { thread, stack, t: last }, id, count > 0 ? left : 0);
  }
}

/** Nobody waits for one that is closed. Who posts and who receives, its definition says. */
function tellPort(
  story: Story,
  id: number,
  { isClosed, received, passedBy, listener, isListened, undelivered }: PortState,
  own: number,
): void {
  if (isClosed) return story.was('closed', id);
  if (received > 0) story.was('received', id, passedBy);
  if (listener !== null && !Number.isNaN(own)) story.tell('port.listen', listener, id, own);
  else if (listener !== null) story.did('listened', listener, id, isListened ? 1 : 0);
  for (const [sequence, parcel] of undelivered) story.tell('port.post', parcel, id, sequence);
}
