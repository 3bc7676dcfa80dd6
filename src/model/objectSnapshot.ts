/** What a snapshot tells of an object: what it is like, and who used it in a way that still matters. */
import { LOCK_REFUSALS } from '../trace/ops.js';
import { tellWord } from './inference/wordSnapshot.js';
import type { Hold } from './intervals.js';
import type { Model } from './model.js';
import type { LockState, ObjectModel, PortState, QueueState, Uses } from './objectModel.js';
import type { PastDeed } from './pastSteps.js';
import { modeOf, type Story } from './story.js';

/** Items of a queue that are told: who waits for more room than this has waited for long. */
const MAX_ITEMS = 10_000;

export function tellObject(story: Story, model: Model, object: ObjectModel): void {
  const { id, lock, queue, port, provides, isSet, isSetSince, longestWaitNs, pendingWakes, lastProvide } = object;
  tellWord(story, model.inference, id);
  if (object.lastWrite !== null) story.did('wrote', object.lastWrite, id);
  if (longestWaitNs > 0) story.tell('past.longestWait', story.before, id, longestWaitNs);
  if (lock !== null) tellLock(story, id, lock);
  if (queue !== null) tellQueue(story, id, queue);
  if (port !== null) tellPort(story, id, port, model.broadcasts.ownOf(object.record?.name ?? '', id));
  for (const { thread, count, last, stack, sampled } of provides.values()) {
    const isLast = lastProvide?.thread === thread && lastProvide.t === last;
    if (count > 0) story.did('provided', { thread, stack, t: last, sampled }, id, isLast ? pendingWakes : 0);
  }
  if (object.permits !== null) story.was('permitted', id, object.permits);
  if (isSet !== null && isSetSince !== null) story.tell('event.test', isSetSince, id, isSet ? 1 : 0);
}

function tellLock(story: Story, id: number, lock: LockState): void {
  const { hold, sharedHolds, depth, ownReleases, foreignRelease, releasedBy, releaseStack, releasedAt } = lock;
  if (foreignRelease !== null) story.did('gaveBackForeign', foreignRelease, id);
  if (ownReleases > 0) story.did('gaveBack', { thread: releasedBy, stack: releaseStack, t: releasedAt }, id);
  if (lock.timedOut !== null) story.tell('lock.refused', lock.timedOut, id, LOCK_REFUSALS.indexOf('timeout'));
  if (lock.wasStolen) story.was('stole', id);
  for (const one of sharedHolds.values()) tellHold(story, one, one.times ?? 1);
  // That of a Web Lock belongs to a request.
  if (hold !== null && lock.granted.size === 0) tellHold(story, hold, depth);
}

function tellHold(
  story: Story,
  { lock, thread, since, stack, shared, bounded, sampled, wait }: Hold,
  depth: number,
): void {
  const mode = modeOf(shared, bounded);
  if (wait !== null && wait.isAsync !== true && wait.since <= since) story.wait(wait);
  for (let i = 1; i <= Math.max(1, depth); i++)
    story.tell('lock.acquired', { thread, stack, t: since, sampled }, lock, i, mode);
}

function tellQueue(story: Story, id: number, { items, nextItem, puts, gets, isClosed }: QueueState): void {
  let told = 0;
  for (const [item, parcel] of items) if (told++ < MAX_ITEMS) story.tell('queue.putDone', parcel, id, item);
  tellUses(story, id, puts, 'put', 'wantedPut');
  tellUses(story, id, gets, 'got', 'wantedGet', nextItem);
  if (isClosed) story.was('closed', id);
}

function tellUses(story: Story, id: number, uses: Uses, did: PastDeed, tried: PastDeed, left = 0): void {
  for (const { thread, count, last, stack, sampled } of uses.values()) {
    story.did(count > 0 ? did : tried, { thread, stack, t: last, sampled }, id, count > 0 ? left : 0);
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
