/** What the operations of queues are told beside the item, and what is refused of it. */
import {
  checkOptions,
  describe,
  PRIMITIVE_OPTIONS,
  shown,
  type HandleData,
  type HandleKind,
  type Named,
  type PrimitiveOptions,
} from '../crossing/handle.js';
import { checkBlocking } from '../waiting/timeout.js';

export interface QueueWaitOptions {
  /** False: do it at once or not at all. Default true. */
  readonly block?: boolean;
  /** Milliseconds to wait at most; default: for ever. Must not be given with `block: false`. */
  readonly timeout?: number;
}

export interface CloseOptions {
  /** True: what still waits in the queue is thrown away, and gets throw at once. Default false. */
  readonly immediate?: boolean;
}

/** By what a priority queue orders: all priorities that wait in one are numbers, or all are strings. */
export type Priority = number | string;

export interface PutOptions extends QueueWaitOptions {
  /** The priority of this item: the lowest is taken first. */
  readonly priority?: Priority;
}

export interface PriorityQueueOptions<T> extends PrimitiveOptions {
  /**
   * The priority of an item, asked in the thread that puts it. A function cannot cross threads: another thread gives its
   * own to `PriorityQueue.from`, or says the priority with each put.
   */
  readonly priority?: (item: T) => Priority;
}

const MAX_SIZE_LIMIT = 2 ** 31 - 1;

export function checkMaxSize(maxSize: unknown, who: Named): void {
  if (typeof maxSize === 'number' && Number.isInteger(maxSize) && maxSize >= 0 && maxSize <= MAX_SIZE_LIMIT) return;
  const given = typeof maxSize === 'object' ? 'an object: options come second' : shown(maxSize);
  throw new RangeError(`${describe(who)}: maxSize must be a whole number from 0 (no limit), got ${given}`);
}

const WAIT_OPTIONS: readonly string[] = ['block', 'timeout'];
const PUT_OPTIONS: readonly string[] = [...WAIT_OPTIONS, 'priority'];
const PRIORITY_QUEUE_OPTIONS: readonly string[] = [...PRIMITIVE_OPTIONS, 'priority'];
export const CLOSE_OPTIONS: readonly string[] = ['immediate'];

const hasPriorities = (kind: HandleKind): boolean => kind === 'priorityQueue';

/** What the constructor of a kind of queue knows. */
export const queueOptions = (kind: HandleKind): readonly string[] =>
  hasPriorities(kind) ? PRIORITY_QUEUE_OPTIONS : PRIMITIVE_OPTIONS;

/** What a put of this queue may wait. */
export function checkPut(options: PutOptions | undefined, who: HandleData): number | undefined {
  return checkWait(options, who, hasPriorities(who.kind) ? PUT_OPTIONS : WAIT_OPTIONS);
}

/** The milliseconds to wait at most; `undefined`: do not block. */
export function checkWait(options: QueueWaitOptions | undefined, who: Named, known = WAIT_OPTIONS): number | undefined {
  if (options === undefined) return Infinity;
  checkOptions(options, who, known);
  return checkBlocking('block', options.block, options.timeout, who);
}

export function checkPriority(priority: unknown, who: Named): Priority {
  if (typeof priority === 'string' || (typeof priority === 'number' && !Number.isNaN(priority))) return priority;
  throw new TypeError(
    `${describe(who)}: a priority must be a number or a string, got ${typeof priority === 'number' ? 'NaN' : typeof priority}`,
  );
}
