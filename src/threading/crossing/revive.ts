/** Turns the handles inside a value that has just crossed threads into primitives again. */
import { Barrier } from '../signals/barrier.js';
import { Condition } from '../signals/condition.js';
import { Event } from '../signals/event.js';
import { isHandle, libraryClasses, type Handle, type HandleKind } from './handle.js';
import { Local } from '../threads/local.js';
import { Lock } from '../locks/lock.js';
import { LifoQueue } from '../queues/lifoQueue.js';
import { PriorityQueue } from '../queues/priorityQueue.js';
import { Queue } from '../queues/queue.js';
import { reviving } from './reviving.js';
import { RLock } from '../locks/rlock.js';
import { RWLock } from '../locks/rwLock.js';
import { BoundedSemaphore, Semaphore } from '../signals/semaphore.js';
import { Thread } from '../threads/thread.js';

const CLASSES: Readonly<Record<HandleKind, { from(handle: Handle): unknown }>> = {
  lock: Lock,
  rlock: RLock,
  rwlock: RWLock,
  condition: Condition,
  semaphore: Semaphore,
  boundedSemaphore: BoundedSemaphore,
  barrier: Barrier,
  event: Event,
  queue: Queue,
  lifoQueue: LifoQueue,
  priorityQueue: PriorityQueue,
  thread: Thread,
  local: Local,
};

for (const type of Object.values(CLASSES)) libraryClasses.add(type);

/**
 * Looks into arrays, plain objects, Maps and Sets, and changes them in place: a clone belongs to nobody else. One
 * primitive that occurs twice stays one.
 */
export function revive(value: unknown): unknown {
  const seen = new Map<object, unknown>();
  const visit = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (seen.has(part)) return seen.get(part);
    const result = isHandle(part) ? CLASSES[part.threadlanes.kind].from(part) : part;
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

reviving.revive = revive;
