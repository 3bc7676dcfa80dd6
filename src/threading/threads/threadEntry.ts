/** What happens in a started thread: the target runs, and its end is written where every joiner can read it. */
import { OP } from '../../trace/ops.js';
import type { HandleData } from '../crossing/handle.js';
import { endImport } from './importing.js';
import { PoolWorker } from '../pools/poolWorker.js';
import { probe, raw } from '../recording.js';
import { revive } from '../crossing/revive.js';
import { adopt, getIdent, Thread } from './thread.js';
import { errorName, withoutPlace } from './threadError.js';
import { OUTCOME, publishEnd, STATE, THREAD_WORD, threadCells, writeFailure } from './threadMemory.js';
import { writeResult } from './threadResult.js';
import { explainPrivate } from './privateFields.js';
import { setCurrentThread } from './threads.js';
import { LIBRARY, ownStart, type ThreadRunner, type ThreadStart } from './threadStart.js';
import { findExport } from './threadTarget.js';
import { explainImport } from './typeScript.js';

function runnerOf(start: ThreadStart): ThreadRunner {
  const { memory, name } = start;
  const cells = threadCells(memory);
  const handle: HandleData = { kind: 'thread', name, memory };
  // The creator writes both too, and may be slower than this thread.
  raw.store(cells, THREAD_WORD.IDENT, getIdent());
  raw.compareExchange(cells, THREAD_WORD.STATE, STATE.NEW, STATE.STARTED);
  for (const port of [start.line, start.pool?.line]) if (port) probe?.ownPort?.(port);
  const pool = start.pool && new PoolWorker(start.pool);
  let uncaught: unknown;
  let isUncaught = false;

  const hasEnded = (): boolean => cells[THREAD_WORD.STATE] === STATE.ENDED;

  /** Recorded before it is published: a joiner's event must not come first. */
  const end = (code: number): void => {
    if (probe !== undefined) probe.record(OP['thread.end'], getIdent(), code);
    publishEnd(cells);
    pool?.leave();
  };
  const fail = (thrown: unknown): void => {
    if (hasEnded()) return;
    const error = start.fields === undefined ? thrown : explainPrivate(thrown);
    writeFailure(memory, error, handle);
    if (probe?.fail !== undefined) probe.fail(error);
    else if (probe !== undefined) probe.record(OP['thread.fail'], getIdent(), probe.string(errorName(error)));
    end(1);
  };
  const finish = (result: unknown): void => {
    if (hasEnded()) return;
    try {
      writeResult(result, handle, start.line);
    } catch (error) {
      fail(error);
      return;
    }
    end(0);
  };

  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = error;
    isUncaught = true;
  });
  process.on('exit', (code) => {
    if (hasEnded()) return;
    if (isUncaught) {
      // A recorder has written `thread.fail` when it was thrown.
      writeFailure(memory, uncaught, handle);
      end(1);
      return;
    }
    cells[THREAD_WORD.OUTCOME] = OUTCOME.EXITED;
    end(code);
  });

  const call = (namespace: Record<string, unknown>): unknown => {
    const target = findExport(namespace, start);
    if (start.args !== undefined) return target(...(revive(start.args) as never[]));
    const self = adopt(handle, target.prototype as Thread);
    if (!(self instanceof Thread))
      throw new TypeError(`${start.module}: "${start.exportName}" is no subclass of Thread`);
    setCurrentThread(Object.assign(self, revive(start.fields)));
    return self.run();
  };

  if (pool !== undefined) {
    const work = (): void => {
      endImport(start.module);
      void pool.run().then(finish, fail);
    };
    // A module that cannot be imported fails the tasks that need it.
    return { run: work, fail: work };
  }
  return {
    fail: (error) => fail(explainImport(error, start.module)),
    run(namespace) {
      endImport(start.module);
      let result: unknown;
      try {
        result = call(namespace);
      } catch (error) {
        fail(error);
        return;
      }
      if (typeof (result as Promise<unknown> | null | undefined)?.then !== 'function') {
        finish(result);
        return;
      }
      process.on('beforeExit', () => {
        fail(withoutPlace(new Error('its promise can never settle: nothing is left that this thread waits for')));
      });
      void (result as Promise<unknown>).then(finish, fail);
    },
  };
}

if (ownStart !== undefined && !(Symbol.for(LIBRARY) in globalThis)) {
  Object.defineProperty(globalThis, Symbol.for(LIBRARY), { value: runnerOf(ownStart), configurable: true });
}
