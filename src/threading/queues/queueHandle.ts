/** What of a queue crosses to another thread, and the kinds that there are. */
import type { HandleData, HandleKind } from '../crossing/handle.js';
import { NEW_HEAP_BYTES } from './heapBlocks.js';
import { ItemHeap } from './itemHeap.js';
import { ItemRing, NEW_RING_BYTES } from './itemRing.js';
import { ItemStack, NEW_STACK_BYTES } from './itemStack.js';
import { WORD } from './queueMemory.js';
import { raw } from '../recording.js';
import { waitingItems } from './sharedItems.js';

/** The orders in which items are taken. */
export const STORES = {
  queue: { bytes: NEW_RING_BYTES, Store: ItemRing },
  lifoQueue: { bytes: NEW_STACK_BYTES, Store: ItemStack },
  priorityQueue: { bytes: NEW_HEAP_BYTES, Store: ItemHeap },
} as const;

export type QueueKind = keyof typeof STORES & HandleKind;

/** What crosses to another thread: with the items that cannot lie in the queue's memory, as they are at that moment. */
export function withItems({ kind, name, memory }: HandleData, cells: Int32Array): HandleData {
  return {
    kind,
    name,
    memory,
    get items() {
      return waitingItems(raw.load(cells, WORD.QUEUE));
    },
  };
}
