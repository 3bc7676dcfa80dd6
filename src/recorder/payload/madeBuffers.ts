/**
 * Which shared buffers this thread has made, where nobody tells which buffer is which: only of these is it certain that they
 * are no other handle of a buffer that has a number already, as `structuredClone` makes them.
 */
import { showTextOf } from '../functionText.js';

type Construct = new (...args: unknown[]) => SharedArrayBuffer;

const made = new WeakSet<SharedArrayBuffer>();

export const isMadeHere = (buffer: SharedArrayBuffer): boolean => made.has(buffer);

/** From here on; of earlier ones nothing is certain. */
export function watchMaking(): void {
  const Original = globalThis.SharedArrayBuffer as unknown as Construct;
  const Patched: Construct = new Proxy(Original, {
    construct(target, args, newTarget: Construct): SharedArrayBuffer {
      // With the Proxy as `new.target`, V8 would not find the class's name for stacks.
      const own = newTarget === Patched ? target : newTarget;
      const buffer = Reflect.construct<unknown[], SharedArrayBuffer>(target, args, own);
      made.add(buffer);
      return buffer;
    },
  });
  const prototype = Original.prototype as object;
  const isReplaceable = [prototype, globalThis].every(Object.isExtensible);
  if (!isReplaceable) return;
  showTextOf(Patched, Original);
  // `slice` makes its copy by it.
  Object.defineProperty(prototype, 'constructor', { value: Patched });
  Object.defineProperty(globalThis, 'SharedArrayBuffer', { value: Patched });
}
