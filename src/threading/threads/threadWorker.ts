/** The worker of a thread that is being started. */
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { messageOf } from '../crossing/copyError.js';
import { describe, type Primitive } from '../crossing/handle.js';
import { libraryFile, probe, raw } from '../recording.js';
import { registry } from './registry.js';
import type { Origin } from './threadArguments.js';
import { THREAD_WORD, threadCells } from './threadMemory.js';
import { FIRST_MODULE, type ThreadStart } from './threadStart.js';
import { targetOf } from './threadTarget.js';

export interface StartedWorker {
  readonly worker: Worker;
  /** Nothing is said on it; but see {@link isCut}. */
  readonly line: MessagePort;
}

/** A channel that keeps nothing alive and that no recorder records: the thread at the other end says so too. */
export function newLine(): MessageChannel {
  const line = new MessageChannel();
  line.port1.unref();
  for (const port of [line.port1, line.port2]) probe?.ownPort?.(port);
  return line;
}

export function newWorker(thread: Primitive, { target, args, pool }: Origin): StartedWorker {
  const { memory } = thread.threadlanes;
  const cells = threadCells(memory);
  const fields = Object.fromEntries(Object.entries(thread).filter(([key]) => key !== 'threadlanes'));
  const { port1, port2 } = newLine();
  const start: ThreadStart = {
    ...target,
    library: libraryFile === undefined ? undefined : targetOf(libraryFile, 'library').module,
    memory,
    name: thread.name as string,
    daemon: raw.load(cells, THREAD_WORD.DAEMON) === 1,
    token: raw.load(cells, THREAD_WORD.TOKEN),
    registry,
    args: args && [...args],
    fields: args === undefined ? fields : undefined,
    pool,
    line: port2,
  };
  const transferList = pool === undefined ? [port2] : [port2, pool.line];
  try {
    const worker = new Worker(FIRST_MODULE, { workerData: { threadlanes: start }, transferList, name: start.name });
    return { worker, line: port1 };
  } catch (error) {
    if ((error as Error).name !== 'DataCloneError') throw error;
    throw cannotCross(describe(thread.threadlanes), args, fields, error as Error);
  }
}

function isUncloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return false;
  } catch {
    return true;
  }
}

/** @param args undefined: of a thread class, whose properties cross */
function cannotCross(
  who: string,
  args: readonly unknown[] | undefined,
  fields: Readonly<Record<string, unknown>>,
  cause: Error,
): TypeError {
  const at = (args ?? []).findIndex(isUncloneable);
  const key = Object.keys(fields).find((name) => isUncloneable(fields[name]));
  const [what, way] =
    key !== undefined
      ? [`its property ${JSON.stringify(key)}`, 'Give it plain data and primitives; make the rest inside of run().']
      : [
          at < 0 ? 'an argument' : `argument ${at + 1}`,
          'Pass plain data and primitives; import functions in the module of the target.',
        ];
  return new TypeError(`${who}: ${what} cannot cross to another thread: ${messageOf(cause)} ${way}`, { cause });
}

/**
 * Whether the thread at the other end is gone, seen without the event loop: a port whose other end went with its thread
 * takes no messages.
 */
export function isCut(line: MessagePort | undefined): boolean {
  return line !== undefined && (line.postMessage(null) as unknown) === false;
}
