import { checkOptions, describe } from '../crossing/handle.js';
import { keepClassOfFrom, Queue, reviveAs } from './queue.js';
import type { QueueKind } from './queueHandle.js';
import { WORD } from './queueMemory.js';
import { checkPriority, type Priority, type PriorityQueueOptions, type PutOptions } from './queueOptions.js';
import { raw } from '../recording.js';

type Rule = (item: never) => Priority;

const FROM_OPTIONS = ['priority'];

/**
 * Beside the queues: one that is revived has not run the constructor here. Where there is none, the items' own priority
 * counts, or, `elsewhere`, that of a function that this thread does not have.
 */
const rules = new WeakMap<object, Rule | 'none' | 'elsewhere'>();

/**
 * A {@link Queue} that gives the item of the lowest priority first, of equal ones the oldest. The priority is a number or
 * a string: what `put` is told, else what the queue's function says, else the item itself when it is a number or a
 * string, or the first element of an array. Python: `queue.PriorityQueue`, which compares whole items.
 *
 * @example
 * const jobs = new PriorityQueue<[number, string]>();
 * jobs.put([2, 'later']);
 * jobs.put([1, 'soon']);
 * jobs.get();   // [1, 'soon']
 *
 * const orders = new PriorityQueue<Order>(0, { priority: (order) => order.dueAt });
 * orders.put(order, { priority: 0 });   // or say it with the put
 */
export class PriorityQueue<T = unknown> extends Queue<T> {
  /** @internal */
  static override readonly kind: QueueKind = 'priorityQueue';

  /** @param maxSize how many items may wait; 0: any number */
  constructor(maxSize?: number, options?: PriorityQueueOptions<T>) {
    super(maxSize, options, 'priorityQueue');
    if (setRule(this, options?.priority)) raw.store(new Int32Array(this.threadlanes.memory), WORD.OWN_RULE, 1);
  }

  /**
   * As {@link Queue.from}. A function for priorities does not cross threads: a thread that puts gives its own here, or says
   * the priority with each put.
   */
  static override from<Q extends Queue>(
    this: new (...args: never[]) => Q,
    handle: unknown,
    options?: { readonly priority?: (item: never) => Priority },
  ): Q;
  static override from<T = unknown>(
    handle: unknown,
    options?: { readonly priority?: (item: T) => Priority },
  ): PriorityQueue<T>;
  static override from(handle: unknown, options: { readonly priority?: Rule } = {}): unknown {
    checkOptions(options, 'PriorityQueue.from', FROM_OPTIONS);
    const queue = reviveAs<PriorityQueue>(this, handle);
    setRule(queue, options.priority);
    return queue;
  }

  override put(item: T, options?: PutOptions): void {
    super.put(item, options);
  }

  override async putAsync(item: T, options?: PutOptions): Promise<void> {
    return super.putAsync(item, options);
  }

  protected override priorityOf(item: T, options?: PutOptions): Priority {
    const who = this.threadlanes;
    if (options?.priority !== undefined) return checkPriority(options.priority, who);
    const rule = rules.get(this) ?? findRule(this);
    if (typeof rule === 'function') return checkPriority(rule(item as never), who);
    if (rule === 'elsewhere') {
      throw new TypeError(
        `${describe(who)}: it was made with a function for priorities, which does not cross threads: ` +
          'give one to PriorityQueue.from(queue, { priority }), or put(item, { priority })',
      );
    }
    const own: unknown = Array.isArray(item) ? item[0] : item;
    if (typeof own === 'string' || (typeof own === 'number' && !Number.isNaN(own))) return own;
    throw new TypeError(
      `${describe(who)}: this item has no priority by itself: put numbers, strings or [priority, …], ` +
        'make the queue with { priority: (item) => … }, or put(item, { priority })',
    );
  }
}

keepClassOfFrom(PriorityQueue);

function findRule(queue: PriorityQueue): 'none' | 'elsewhere' {
  const found = raw.load(new Int32Array(queue.threadlanes.memory), WORD.OWN_RULE) === 1 ? 'elsewhere' : 'none';
  rules.set(queue, found);
  return found;
}

function setRule(queue: object, rule: Rule | undefined): boolean {
  if (rule === undefined) return false;
  if (typeof rule !== 'function') throw new TypeError('PriorityQueue: priority must be a function of the item');
  rules.set(queue, rule);
  return true;
}
