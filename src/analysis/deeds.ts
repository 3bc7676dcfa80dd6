import { OP } from '../trace/ops.js';

/** What others do with an object that ends a wait for it. */
export interface Deed {
  /** `took from`, followed by the object. */
  readonly did: string;
  /** `take from` */
  readonly does: string;
}

/** By the wait's attempt. */
export const DEEDS: Readonly<Partial<Record<number, Deed>>> = {
  [OP['queue.put']]: { did: 'took from', does: 'take from' },
  [OP['queue.get']]: { did: 'put into', does: 'put into' },
  [OP['queue.join']]: { did: 'called taskDone for', does: 'call taskDone for' },
  [OP['event.wait']]: { did: 'set', does: 'set' },
  [OP['word.wait']]: { did: 'notified', does: 'notify' },
  [OP['condition.wait']]: { did: 'notified', does: 'notify' },
  [OP['semaphore.acquire']]: { did: 'released', does: 'release' },
  [OP['barrier.wait']]: { did: 'came to', does: 'come to' },
  [OP['task.wait']]: { did: 'began', does: 'end' },
};
