/** By which calls an event comes about: what the number in a register has to mean to be this event's. */
import type { OpName } from '../../trace/ops.js';
import { OPS } from '../../trace/ops.js';
import type { Operation } from './static/operations.js';
import { operationNumber } from './static/operations.js';

const writes: readonly Operation[] = ['compareExchange', 'exchange', 'store', 'add', 'sub', 'and', 'or', 'xor'];

const operations: Partial<Record<OpName, readonly Operation[]>> = {
  'word.wait': ['wait'],
  'word.waitAsync': ['waitAsync'],
  'word.woken': ['wait'],
  'word.unequal': ['wait', 'waitAsync'],
  'word.timeout': ['wait'],
  'word.notify': ['notify'],
  'word.missed': writes,
  'word.load': ['load'],
  'port.post': ['postMessage'],
};

const taking = ['acquire', 'tryAcquire', 'hold'];

/** The library's own objects: their methods. */
const methods: Partial<Record<OpName, readonly string[]>> = {
  'lock.acquired': taking,
  'lock.refused': taking,
  'lock.release': ['release'],
  'semaphore.acquired': taking,
  'semaphore.refused': taking,
  'semaphore.release': ['release'],
  'condition.notify': ['notify', 'notifyAll'],
  'event.woken': ['wait'],
  'event.set': ['set'],
  'event.clear': ['clear'],
  'event.test': ['isSet'],
  'queue.putDone': ['put', 'putNowait'],
  'queue.getDone': ['get', 'getNowait'],
  'queue.refused': ['put', 'putNowait', 'get', 'getNowait'],
  'queue.taskDone': ['taskDone'],
  'queue.joined': ['join'],
  'queue.test': ['qsize', 'empty', 'full'],
  'queue.close': ['close'],
};

const KNOWN_OPS = 256;
/** Bits by the number of an operation; 0: no operation has such events. */
const masks = new Int32Array(KNOWN_OPS);
const names: (ReadonlySet<string> | undefined)[] = new Array<ReadonlySet<string> | undefined>(KNOWN_OPS);

for (const { code, name, by } of OPS) {
  for (const operation of by ? [by] : (operations[name as OpName] ?? [])) {
    masks[code] = (masks[code] as number) | (1 << operationNumber(operation));
  }
  const called = methods[name as OpName];
  if (called) names[code] = new Set(called);
}

/** Bits of the operations (by their number) that write events of an op. */
export const operationMask = (op: number): number => masks[op] ?? 0;

/** What calls of the library write events of an op; undefined: none. */
export const methodNames = (op: number): ReadonlySet<string> | undefined => names[op];
