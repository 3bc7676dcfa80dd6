/**
 * How a thread ends. Node announces it through `process.emit`, so that no listener of ours is counted or removed, and
 * what the recorder does comes after the last listener of the program.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { CONTROL, RING_STATE } from '../../probe/ring.js';
import type { EndNotice } from '../../probe/definitions.js';
import { OP } from '../../trace/ops.js';
import { showTextOf } from '../functionText.js';
import { apply, atomics, isMainThread, now, postMessage } from '../raw.js';
import { callSitesAbove } from '../sites/stackCapture.js';
import { stderrLine } from '../stderrLine.js';
import { ownVisibleId, visibleId } from '../threadIds.js';
import type { Connection, ThreadRecorder } from '../threadRecorder.js';
import { replace } from './replacement.js';

/** How long the end of the process may wait for the collector to write what is left. */
const LAST_DRAIN_MS = 10_000;

/** Node's exit codes for an uncaught error, and for one in the listeners of uncaught errors. */
const EXIT = { uncaught: 1, handlerThrew: 7 } as const;

/** Scripts of Node's. */
const PROCESS_EXIT = 'node:internal/process/per_thread';
const UNCAUGHT = 'node:internal/process/execution';

const isExiting = (): boolean => (process as unknown as { readonly _exiting?: boolean })._exiting === true;

type Emit = (this: NodeJS.Process, ...args: unknown[]) => boolean;

/**
 * Called when the thread starts to record.
 * @param beforeEnd writes what the thread only counted so far
 */
export function patchProcessEnds(recorder: ThreadRecorder, beforeEnd: () => void): void {
  const original = process.emit as unknown as Emit;
  const end = endOnce(recorder, beforeEnd);
  const { emit } = {
    emit(this: NodeJS.Process, ...args: unknown[]): boolean {
      const event = args[0];
      if (event === 'exit') {
        const isAsked = recorder.guard(() => isCalledFrom(PROCESS_EXIT, emit)) !== false;
        // A listener that throws makes it an uncaught error, or the program goes on.
        const isHeard = apply(original, this, args);
        end(Number(process.exitCode ?? args[1] ?? 0), !isAsked);
        return isHeard;
      }
      if (event === 'workerMessage' && typeof args[2] === 'number') args[2] = visibleId(args[2]);
      if (event === 'uncaughtException') return fatal(this, args);
      return apply(original, this, args);
    },
  };
  /** Of a worker that ends so its parent learns the code. */
  const fatal = (self: NodeJS.Process, args: readonly unknown[]): boolean => {
    let isHandled: boolean | undefined;
    // Thrown by an `exit` listener: Node ends the process without another event.
    const isLast = isExiting();
    const code = Number(process.exitCode ?? EXIT.uncaught);
    // Not caught and thrown again: Node shows where an error was thrown last.
    try {
      return (isHandled = apply(original, self, args));
    } finally {
      if (!isHandled) recorder.guard(() => recorder.recordFailure(args[1]));
      // Listeners that throw are the end, too, when it is Node who asked them.
      const hasThrown = isHandled === undefined && recorder.guard(() => isCalledFrom(UNCAUGHT, emit)) === true;
      if (isMainThread && hasThrown) end(EXIT.handlerThrew, false);
      else if (isMainThread && isHandled === false && isLast) end(code, false);
    }
  };
  Object.defineProperty(emit, 'length', { value: 1, configurable: true });
  showTextOf(emit, original);
  Object.defineProperty(process, 'emit', { value: emit, configurable: true, writable: true, enumerable: false });
  // `process.exit` within an exit listener never comes back to `emit`.
  const reallyExit = (process as unknown as { reallyExit: (this: NodeJS.Process, code?: number) => never }).reallyExit;
  const { last } = {
    last(this: NodeJS.Process, ...args: unknown[]): never {
      end(Number(args[0] ?? 0), false);
      return apply(reallyExit, this, args as [number]);
    },
  };
  replace(process as unknown as { reallyExit: typeof last }, 'reallyExit', last);
}

/**
 * Which script of Node's calls `emit`, the function `skip`: `process.exit` does it itself, while a loop that ran empty is
 * announced by Node's native side.
 */
function isCalledFrom(script: string, skip: (...args: never[]) => unknown): boolean {
  if (!Object.isFrozen(Error)) return callSitesAbove(skip, 1)[0]?.getFileName() === script;
  // --frozen-intrinsics: all frames, as text, and nothing of the program's that makes it.
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, skip);
  return String(holder.stack?.split('\n')[1]).includes(script);
}

function endOnce(recorder: ThreadRecorder, beforeEnd: () => void): (code: number, isEmptyLoop: boolean) => void {
  let isOver = false;
  return (code, isEmptyLoop) => {
    if (isOver) return;
    isOver = true;
    recorder.guard(() => {
      beforeEnd();
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
  apply(postMessage, port, [notice]);
  const wanted = atomics.add(words, CONTROL.FLUSH, 1) + 1;
  recorder.ringBell();
  const since = now();
  for (;;) {
    const flushed = atomics.load(words, CONTROL.FLUSHED);
    if (flushed >= wanted || atomics.load(words, CONTROL.OFF) !== 0) return;
    if (now() - since > LAST_DRAIN_MS)
      return stderrLine('the end of the trace is not written: the collector does not answer');
    atomics.wait(words, CONTROL.FLUSHED, flushed, 100);
  }
}
