/**
 * What a target returned, as its thread leaves it behind: bytes in the thread's memory, where any thread can read them.
 * Shared memory cannot lie in shared memory. It goes to the thread that started this one, on the line between the two,
 * where it can be read without the event loop; so only that thread has such a result.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { describe, type HandleData } from '../crossing/handle.js';
import { decodeValues, encodeValues } from '../pools/taskValue.js';
import { ItemBytes } from '../queues/itemBytes.js';
import { packItem, TAG, unpackItem } from '../queues/queueItem.js';
import { OUTCOME, readBytes, THREAD_WORD, threadCells, writeBytes } from './threadMemory.js';

/** What goes on the line: the shared memory, and by which number the bytes know the first of it. */
export interface HandedResult {
  readonly buffers: readonly SharedArrayBuffer[];
  readonly first: number;
}

/**
 * Throws a TypeError when the result cannot be copied.
 * @param line to the thread that started this one
 */
export function writeResult(result: unknown, thread: HandleData, line: MessagePort): void {
  const { memory } = thread;
  const packed = packItem(result, thread);
  if (packed === undefined) {
    const { bytes, buffers, first } = encodeValues([result]);
    line.postMessage({ buffers, first } satisfies HandedResult);
    writeBytes(memory, bytes, TAG.SHARED, thread);
  } else if (packed.tag === TAG.NUMBER) {
    writeBytes(memory, new Uint8Array(new Float64Array([packed.number]).buffer), TAG.NUMBER, thread);
  } else {
    writeBytes(memory, packed.content(), packed.tag, thread);
  }
  threadCells(memory)[THREAD_WORD.OUTCOME] = OUTCOME.RETURNED;
}

/** What has come on the line of a thread that has ended. */
export function handedOn(line: MessagePort): HandedResult | undefined {
  return receiveMessageOnPort(line)?.message as HandedResult | undefined;
}

/** @param handed asked for when the result holds shared memory */
export function readResult(thread: HandleData, handed: () => HandedResult | undefined): unknown {
  const tag = threadCells(thread.memory)[THREAD_WORD.TAG] as number;
  const bytes = Uint8Array.from(readBytes(thread.memory));
  if (tag === TAG.NUMBER) return new Float64Array(bytes.buffer)[0];
  if (tag !== TAG.SHARED) return unpackItem(ItemBytes.own(tag, bytes));
  const shared = handed();
  if (shared !== undefined) return decodeValues(bytes, shared.buffers, shared.first)[0];
  throw new Error(
    `${describe(thread)}: its result holds shared memory or primitives, which only the thread that started it has: ` +
      'ask for it there, or have the thread put it into a queue',
  );
}
