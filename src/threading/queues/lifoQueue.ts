import type { PrimitiveOptions } from '../crossing/handle.js';
import { Queue } from './queue.js';
import type { QueueKind } from './queueHandle.js';

/**
 * A {@link Queue} that gives the newest item first. Python: `queue.LifoQueue`.
 *
 * @example
 * const stack = new LifoQueue<string>();
 * stack.put('first');
 * stack.put('second');
 * stack.get();   // 'second'
 */
export class LifoQueue<T = unknown> extends Queue<T> {
  /** @internal */
  static override readonly kind: QueueKind = 'lifoQueue';

  /** @param maxSize how many items may wait; 0: any number */
  constructor(maxSize?: number, options?: PrimitiveOptions) {
    super(maxSize, options, 'lifoQueue');
  }
}
