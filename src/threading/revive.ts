/** Turns the handles inside a value that has just crossed threads into primitives again. */
import { Event } from './event.js';
import { isHandle, type Handle, type HandleKind } from './handle.js';
import { Lock } from './lock.js';
import { Queue } from './queue.js';
import { RLock } from './rlock.js';
import { Thread } from './thread.js';

const REVIVERS: Readonly<Record<HandleKind, (handle: Handle) => unknown>> = {
  lock: (handle) => Lock.from(handle),
  rlock: (handle) => RLock.from(handle),
  event: (handle) => Event.from(handle),
  queue: (handle) => Queue.from(handle),
  thread: (handle) => Thread.from(handle),
};

/**
 * Looks into arrays, plain objects, Maps and Sets, and changes them in place: a clone belongs to nobody else. One
 * primitive that occurs twice stays one.
 */
export function revive(value: unknown): unknown {
  const seen = new Map<object, unknown>();
  const visit = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (seen.has(part)) return seen.get(part);
    const result = isHandle(part) ? REVIVERS[part.threadlanes.kind](part) : part;
    seen.set(part, result);
    if (result === part) visitInside(part, visit);
    return result;
  };
  return visit(value);
}

function visitInside(part: object, visit: (part: unknown) => unknown): void {
  if (part instanceof Map) {
    const entries = [...part] as [unknown, unknown][];
    part.clear();
    for (const [key, value] of entries) part.set(visit(key), visit(value));
  } else if (part instanceof Set) {
    const values = [...part] as unknown[];
    part.clear();
    for (const value of values) part.add(visit(value));
  } else if (Array.isArray(part) || Object.getPrototypeOf(part) === Object.prototype) {
    const record = part as Record<string, unknown>;
    for (const key of Object.keys(record)) {
      const before = record[key];
      const after = visit(before);
      if (after !== before) record[key] = after;
    }
  }
}
