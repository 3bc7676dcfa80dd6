import { nanos, type Nanos } from '../base/brand.js';
import type { OpName } from '../trace/ops.js';
import { dropAsyncWaits, uncountedWakes } from './asyncWaits.js';
import { forgetHolds } from './lockSteps.js';
import type { Model } from './model.js';
import type { EventCursor, Step } from './step.js';
import type { ThreadModel } from './threadModel.js';
import { THREAD_STATE } from './threadState.js';
import { closeWait } from './threadWait.js';
import { endRequests } from './webLockSteps.js';

function start(model: Model, { object, thread, t, stack }: EventCursor): void {
  const child = model.threadOf(object, t);
  if (child.isEnded) rebirth(model, child, t);
  child.started = { thread: thread.id, stack, t };
}

/** Another thread with an id that one had before. */
function rebirth(model: Model, thread: ThreadModel, t: Nanos): void {
  thread.endedAt = nanos(-1);
  model.enter(thread, THREAD_STATE.notStarted, t);
  thread.ended = thread.failed = thread.terminated = null;
  thread.exitCode = null;
  thread.isTraced = false;
  thread.begun = nanos(-1);
}

function begin(model: Model, event: EventCursor): void {
  const { started } = event.thread;
  if (event.object === event.thread.id) event.thread.begun = event.t;
  if (started !== null && event.object === event.thread.id) {
    model.transfer('start', event.object, started.thread, started.t, started.stack, event);
  }
}

function end(model: Model, { object, thread, t, stack, arg }: EventCursor): void {
  const target = object === thread.id ? thread : model.threadOf(object, t);
  if (target.isEnded) return;
  closeWait(model, target, t, 'threadEnded');
  target.ended = { thread: thread.id, stack, t };
  target.exitCode = Number.isNaN(arg) ? null : arg;
  endRequests(model, target, t);
  dropAsyncWaits(model, target, t, 'threadEnded');
  model.enter(target, THREAD_STATE.ended, t);
  if (target.endedAt < 0) target.endedAt = t;
  for (const hold of target.holds) {
    hold.until = t;
    model.audience.hold(hold);
  }
}

function joined(model: Model, event: EventCursor): void {
  const ended = model.threads.get(event.object)?.ended;
  if (!ended) return;
  if (event.ended !== null) {
    event.ended.endedByThread = ended.thread;
    event.ended.endedByStack = ended.stack;
  }
  model.transfer('join', event.object, event.object, ended.t, ended.stack, event);
}

export const threadSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'thread.start': start,
  'thread.begin': begin,
  'thread.end': end,
  'thread.fail': (model, { object, thread, t, stack, arg }) => {
    const error = model.dictionary.strings[arg] ?? 'Error';
    model.threadOf(object, t).failed = { thread: thread.id, stack, t, error };
  },
  'thread.terminate': (model, { object, thread, t, stack }) => {
    model.threadOf(object, t).terminated = { thread: thread.id, stack, t };
  },
  'thread.joined': joined,
  'loop.sample': (model, { thread, t, arg }) => {
    model.enter(thread, THREAD_STATE.loop, t);
    thread.loopResources = Math.max(0, (Number.isNaN(arg) ? 1 : arg) + uncountedWakes(thread));
  },
  'recorder.drop': (model, { thread, t, arg }) => {
    lose(model, thread, t, Number.isNaN(arg) ? 1 : arg);
  },
};

/** Events of the thread are missing: what it holds and where it is are not known until it is heard of again. */
export function lose(model: Model, thread: ThreadModel, t: Nanos, count: number): void {
  thread.dropped += count;
  const wait = closeWait(model, thread, t, 'done');
  if (wait !== null) model.audience.wait(wait);
  forgetHolds(model, thread, t);
  model.inference.lose(thread.id);
  dropAsyncWaits(model, thread, t, 'done');
  model.enter(thread, THREAD_STATE.unknown, t);
  thread.loopResources = -1;
}
