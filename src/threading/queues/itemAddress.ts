/** The address of an item that holds shared memory, as it lies in the queue: see `sharedItems.ts`. */
import { ItemBytes, TAG } from './itemBytes.js';
import type { Address } from './sharedItems.js';

export function addressBytes({ sender, count }: Address): ItemBytes {
  return ItemBytes.own(TAG.SHARED, new Uint8Array(new Float64Array([sender, count]).buffer));
}

/** Of an item whose tag is SHARED. */
export function addressIn(item: ItemBytes): Address {
  const bytes = Uint8Array.from(item.content());
  const [sender, count] = new Float64Array(bytes.buffer);
  return { sender: sender as number, count: count as number };
}
