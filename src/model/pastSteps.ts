/**
 * What a snapshot says of the past in so many words, because telling the events themselves would need all of them: who
 * did what last, how long somebody waited, where a thread was. `snapshot.ts` is the other side.
 */
import { nanos } from '../base/brand.js';
import { OPS, PAST_DEEDS, SEEN_IN, type OpName } from '../trace/ops.js';
import { lockOf } from './lockState.js';
import type { Model } from './model.js';
import { noteUse } from './objectModel.js';
import { portOf } from './portSteps.js';
import { queueOf } from './queueSteps.js';
import type { EventCursor, Step } from './step.js';
import { THREAD_STATE, type ThreadState } from './threadState.js';

const OF_THREADS: ReadonlySet<string> = new Set<OpName>(['recorder.seen', 'recorder.waited']);

/** By op code. */
export const IS_PAST: readonly (true | undefined)[] = OPS.reduce<(true | undefined)[]>(
  (table, { code, family, name }) => {
    table[code] = family === 'past' || OF_THREADS.has(name) ? true : undefined;
    return table;
  },
  [],
);

export type PastDeed = (typeof PAST_DEEDS)[number];

const released: Step = (model, { object, thread, t, stack }) => {
  const lock = lockOf(model.objectOf(object));
  lock.releasedBy = thread.id;
  lock.releaseStack = stack;
  lock.releasedAt = t;
};

const deeds: Readonly<Record<PastDeed, Step>> = {
  provided: (model, event) => {
    const { thread, t, stack, extra } = event;
    const object = model.objectOf(event.object);
    noteUse(object.provides, event);
    if (object.lastProvide === null || object.lastProvide.t <= t) object.lastProvide = { thread: thread.id, stack, t };
    object.pendingWakes += extra;
  },
  put: (model, event) => noteUse(queueOf(model.objectOf(event.object)).puts, event),
  wantedPut: (model, event) => noteUse(queueOf(model.objectOf(event.object)).puts, event, 0),
  got: (model, event) => {
    const queue = queueOf(model.objectOf(event.object));
    noteUse(queue.gets, event);
    queue.nextItem = Math.max(queue.nextItem, event.extra);
  },
  wantedGet: (model, event) => noteUse(queueOf(model.objectOf(event.object)).gets, event, 0),
  gaveBack: (model, event) => {
    released(model, event);
    lockOf(model.objectOf(event.object)).ownReleases += 1;
  },
  gaveBackForeign: (model, event) => {
    const { object, thread, t, stack } = event;
    released(model, event);
    lockOf(model.objectOf(object)).foreignRelease = { thread: thread.id, stack, t };
  },
  received: (model, { object, extra }) => {
    const port = portOf(model.objectOf(object));
    port.received += 1;
    port.posted += 1;
    port.passedBy = Math.max(port.passedBy, extra);
  },
  listened: (model, { object, thread, t, stack, extra }) => {
    const port = portOf(model.objectOf(object));
    port.listener = { thread: thread.id, stack, t };
    port.isListened = extra === 1;
  },
  wrote: (model, { object, thread, t, stack }) => {
    model.objectOf(object).lastWrite = { thread: thread.id, stack, t };
  },
  stole: (model, { object }) => {
    lockOf(model.objectOf(object)).wasStolen = true;
  },
  permitted: (model, { object, extra }) => {
    model.objectOf(object).permits = extra;
  },
  noLock: (model, { object }) => model.inference.isNoLock(object),
  closed: (model, { object: id }) => {
    const object = model.objectOf(id);
    if (object.kind === 'queue') queueOf(object).isClosed = true;
    else portOf(object).isClosed = true;
  },
};

function did(model: Model, event: EventCursor): void {
  const deed = PAST_DEEDS[event.arg];
  if (deed !== undefined) deeds[deed](model, event);
}

/** The last wait of the thread that others ended. */
function waited(_: Model, { thread, t, op, stack, arg }: EventCursor): void {
  if (Number.isNaN(arg)) return;
  thread.lastDone = {
    thread: thread.id,
    family: 'recorder',
    op,
    object: 0,
    stack,
    since: nanos(t - arg),
    until: t,
    timeoutMs: null,
    outcome: 'done',
    endedByThread: -1,
    endedByStack: -1,
    ownerAtStart: -1,
  };
}

/** Of one that waits, its attempt says the state. */
const stateOf: Readonly<Record<(typeof SEEN_IN)[number], ThreadState | null>> = {
  waiting: null,
  running: THREAD_STATE.running,
  loop: THREAD_STATE.loop,
  unknown: THREAD_STATE.unknown,
};

function seen(model: Model, { thread, t, arg, extra }: EventCursor): void {
  const where = SEEN_IN[arg];
  if (where === undefined) return;
  const state = stateOf[where];
  if (state !== null) model.enter(thread, state, t);
  thread.loopResources = extra;
  thread.lastTime = t;
  thread.isTraced = true;
}

export const pastSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'recorder.seen': seen,
  'past.did': did,
  'recorder.waited': waited,
  'past.longestWait': (model, { object: id, arg }) => {
    const object = model.objectOf(id);
    if (arg > object.longestWaitNs) object.longestWaitNs = arg;
  },
};
