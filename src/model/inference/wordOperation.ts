/** What one operation of Atomics did to a word, in the numbers that its element has. */
import { OP, OPS, type WordWrite } from '../../trace/ops.js';
import type { EventCursor } from '../step.js';

/** `read`: it changed nothing: a load, a compareExchange in vain, or one that wrote what stood there. */
export type WordVerb = WordWrite | 'read';

export interface WordOperation {
  verb: WordVerb;
  thread: number;
  t: EventCursor['t'];
  stack: number;
  sampled: boolean;
  /** NaN: a store, which does not say it. */
  old: number;
  now: number;
  /** Its thread would not have waited: a try. */
  bounded: boolean;
}

const VERBS: (WordVerb | undefined)[] = [];
for (const { code, by } of OPS) VERBS[code] = by;
VERBS[OP['word.missed']] = VERBS[OP['word.load']] = 'read';

/** Of a 64-bit word the low half; NaN stays. */
export const element = (value: number): number => (Number.isNaN(value) ? NaN : value | 0);

const operation: WordOperation = {
  verb: 'read',
  thread: 0,
  t: 0 as EventCursor['t'],
  stack: -1,
  sampled: false,
  old: NaN,
  now: NaN,
  bounded: true,
};

/** The same object each time: nothing may keep it. Null: it is no such operation. */
export function operationOf({ op, thread, t, stack, sampled, arg, extra }: EventCursor): WordOperation | null {
  const verb = VERBS[op];
  if (verb === undefined) return null;
  const isRead = verb === 'read';
  operation.thread = thread.id;
  operation.t = t;
  operation.stack = stack;
  operation.sampled = sampled;
  operation.old = element(arg);
  operation.now = isRead ? operation.old : element(extra);
  operation.bounded = true;
  operation.verb = verb !== 'store' && operation.old === operation.now ? 'read' : verb;
  return operation;
}
