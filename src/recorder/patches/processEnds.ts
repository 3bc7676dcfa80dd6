/**
 * How a thread ends. Node announces it through `process.emit`, so that no listener of ours is counted or removed, and
 * what the recorder does comes after the last listener of the program.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { CONTROL, RING_STATE } from '../../probe/ring.js';
import type { EndNotice } from '../../probe/definitions.js';
import { OP } from '../../trace/ops.js';
import { atomics, isMainThread, now, postMessage } from '../raw.js';
import { ownVisibleId, visibleId } from '../threadIds.js';
import type { Connection, ThreadRecorder } from '../threadRecorder.js';
import { replace } from './replacement.js';

/** How long the end of the process may wait for the collector to write what is left. */
const LAST_DRAIN_MS = 10_000;

type Emit = (this: NodeJS.Process, ...args: unknown[]) => boolean;

/** Called when the thread starts to record. */
export function patchProcessEnds(recorder: ThreadRecorder): void {
  const original = process.emit as unknown as Emit;
  const end = endOnce(recorder);
  const { emit } = {
    emit(this: NodeJS.Process, ...args: unknown[]): boolean {
      const [event] = args;
      if (event === 'exit') {
        const isAsked = isInsideProcessExit(emit);
        try {
          return Reflect.apply(original, this, args);
        } finally {
          end(Number(process.exitCode ?? args[1] ?? 0), !isAsked);
        }
      }
      if (event === 'workerMessage' && typeof args[2] === 'number') args[2] = visibleId(args[2]);
      const isHandled = Reflect.apply(original, this, args);
      if (event === 'uncaughtException' && !isHandled) recorder.guard(() => recorder.recordFailure(args[1]));
      return isHandled;
    },
  };
  Object.defineProperty(emit, 'length', { value: 1, configurable: true });
  Object.defineProperty(process, 'emit', { value: emit, configurable: true, writable: true, enumerable: false });
  // `process.exit` within an exit listener never comes back to `emit`.
  const reallyExit = (process as unknown as { reallyExit: (this: NodeJS.Process, code?: number) => never }).reallyExit;
  const last = function (this: NodeJS.Process, ...args: unknown[]): never {
    end(Number(args[0] ?? 0), false);
    return Reflect.apply(reallyExit, this, args as [number]);
  };
  replace(process as unknown as { reallyExit: typeof last }, 'reallyExit', last);
}

/** `process.exit` calls `emit` itself; a loop that ran empty is announced by Node's native side. */
function isInsideProcessExit(skip: (...args: never[]) => unknown): boolean {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(holder, skip);
    return String(holder.stack).includes('node:internal/process/per_thread');
  } catch {
    return true;
  } finally {
    if (Error.stackTraceLimit !== limit) Error.stackTraceLimit = limit;
  }
}

function endOnce(recorder: ThreadRecorder): (code: number, isEmptyLoop: boolean) => void {
  let isOver = false;
  return (code, isEmptyLoop) => {
    if (isOver) return;
    isOver = true;
    recorder.guard(() => {
      recorder.recordAt(OP['thread.end'], ownVisibleId(), 0, code);
      recorder.setState(RING_STATE.ENDED);
      if (isMainThread) drainLast(recorder, { kind: 'end', code, clean: isEmptyLoop && code === 0 });
      else recorder.ringBell();
    });
  };
}

function drainLast(recorder: ThreadRecorder, notice: EndNotice): void {
  const { control, port } = recorder.connection as Connection;
  const words = new Int32Array(control);
  Reflect.apply(postMessage, port, [notice]);
  const wanted = atomics.add(words, CONTROL.FLUSH, 1) + 1;
  recorder.ringBell();
  const since = now();
  for (;;) {
    const flushed = atomics.load(words, CONTROL.FLUSHED);
    if (flushed >= wanted || atomics.load(words, CONTROL.OFF) !== 0 || now() - since > LAST_DRAIN_MS) return;
    atomics.wait(words, CONTROL.FLUSHED, flushed, 100);
  }
}
