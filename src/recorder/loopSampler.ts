/**
 * Says when a thread's event loop turns, and how much could wake it by itself. A blocked thread writes no samples, so a
 * thread whose last event is a sample is in its loop.
 */
import { OP } from '../trace/ops.js';
import { ProcessWork } from './processWork.js';
import { clearInterval, isMainThread, setInterval } from './raw.js';
import type { Connection, ThreadRecorder } from './threadRecorder.js';

const PERIOD_MS = 50;

/** Only messages and ends of workers come through these, and those are recorded. */
const internal: ReadonlySet<string> = new Set(['MessagePort', 'Worker']);
/** Standard output and error stay open for as long as the process lives and wake nobody. */
const stdioHandles: ReadonlySet<string> = new Set(['PipeWrap', 'TTYWrap', 'TCPSocketWrap']);

interface StreamLike {
  readonly fd?: unknown;
  readonly _handle?: { readonly reading?: unknown } | null;
}

/** Handles of the standard streams that cannot wake the loop: both outputs, and an input that nobody reads. */
function idleStdio(): number {
  const handles = (process as unknown as { _getActiveHandles(): readonly StreamLike[] })._getActiveHandles();
  return handles.filter(({ fd, _handle }) => fd === 1 || fd === 2 || (fd === 0 && _handle?.reading === false)).length;
}

/** A program that listens for a signal can go on when somebody sends it. Only the main thread gets any. */
function hasSignalListener(): boolean {
  return isMainThread && process.eventNames().some((name) => typeof name === 'string' && name.startsWith('SIG'));
}

/** Timers, sockets, files, child processes, signals: what could wake this thread's loop without a message. */
function externalResources(): number {
  const names = process.getActiveResourcesInfo();
  const external = names.filter((name) => !internal.has(name)).length + Number(hasSignalListener());
  return names.some((name) => stdioHandles.has(name)) ? Math.max(0, external - idleStdio()) : external;
}

/**
 * Once the thread records.
 * @param beforeSample is called at each turn of the sampler, before it looks whether anything happened
 */
export function startLoopSampler(recorder: ThreadRecorder, beforeSample: () => void): void {
  let lastCount = -1;
  let seenEvents = -1;
  const work = new ProcessWork((recorder.connection as Connection).control);
  /** Whoever computes may do it for this thread. */
  const resources = (): number => externalResources() + Number(work.isComputing());
  const timer = setInterval(() => {
    const count = recorder.guard(() => {
      beforeSample();
      return resources();
    });
    if (count === undefined) return clearInterval(timer);
    if (count === lastCount && recorder.eventCount === seenEvents) return;
    lastCount = count;
    recorder.recordAt(OP['loop.sample'], 0, 0, count);
    seenEvents = recorder.eventCount;
  }, PERIOD_MS);
  timer.unref();
}
