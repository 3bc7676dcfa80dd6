/** Shared memory that grows in place: every thread that has it sees it grow, so nothing has to be handed over. */
import { describe, type Named } from './handle.js';

/** Address space only; memory is taken as it is used. Tried in turn, for systems that limit address space. */
const RESERVATIONS = [2 ** 30, 2 ** 28, 2 ** 26, 2 ** 24];

/** What lies in it begins at multiples of 8 bytes. */
export const padded = (bytes: number): number => (bytes + 7) & ~7;

export function newGrowableMemory(bytes: number): SharedArrayBuffer {
  for (const maxByteLength of RESERVATIONS) {
    try {
      return new SharedArrayBuffer(bytes, { maxByteLength });
    } catch (error) {
      if (maxByteLength === RESERVATIONS.at(-1)) throw error;
    }
  }
  throw new RangeError('no shared memory');
}

/** Makes at least `bytes` available. Throws a RangeError that names `who` when there is no more. */
export function growTo(memory: SharedArrayBuffer, bytes: number, who: Named): void {
  if (memory.byteLength >= bytes) return;
  try {
    memory.grow(bytes);
  } catch {
    throw outOfMemory(who, memory.maxByteLength, bytes);
  }
}

/** @param most how many bytes there can be */
export function outOfMemory(who: Named, most: number, needed: number): RangeError {
  const how =
    needed > most ? `it can hold ${Math.floor(most / 2 ** 20)} MiB` : 'the system gives no more, within its limits';
  return new RangeError(`${describe(who)}: out of shared memory: ${how}, and ${needed} bytes are needed`);
}

/** The same, and twice what there was if possible: for what grows often. */
export function growAmply(memory: SharedArrayBuffer, bytes: number, who: Named): void {
  if (memory.byteLength >= bytes) return;
  growTo(memory, Math.max(bytes, Math.min(2 * memory.byteLength, memory.maxByteLength)), who);
}
