/** The names that the load hook looks for: what is an operation by itself, and what usually leads to one. */

/** Functions of Atomics that are events. Their place in the list, from 1, is the operation's number. */
export const OPERATIONS = [
  'wait',
  'waitAsync',
  'notify',
  'compareExchange',
  'exchange',
  'store',
  'add',
  'sub',
  'and',
  'or',
  'xor',
  'load',
  'postMessage',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const operationNumber = (name: string): number => OPERATIONS.indexOf(name as Operation) + 1;

/** Of these, what is no function of Atomics but an event wherever it is called. */
export const POST_MESSAGE = 'postMessage' satisfies Operation;

/**
 * What synchronisation code is usually called by. `get`, `set`, `push` and `pop` are not here: every Map and Array has
 * them, and lock files that have them are found by import.
 */
export const LIKELY_NAMES: readonly string[] = [
  ...['acquire', 'tryAcquire', 'release', 'hold', 'lock', 'tryLock', 'unlock', 'rlock', 'runlock', 'wlock', 'wunlock'],
  ...['acquireRead', 'acquireWrite', 'releaseRead', 'releaseWrite', 'readLock', 'writeLock', 'enter', 'leave'],
  ...['wait', 'waitAsync', 'waitFor', 'notify', 'notifyAll', 'notifyOne', 'signal', 'broadcast', 'signalAll'],
  ...['put', 'take', 'enqueue', 'dequeue', 'putNowait', 'getNowait', 'taskDone', 'down', 'up', 'countDown', 'arrive'],
  ...['runExclusive', 'withLock', 'synchronized'],
];

/** The rest of what the library's own objects are called by: looked for in files that name the library. */
export const LIBRARY_NAMES: readonly string[] = [
  'get',
  'set',
  'clear',
  'join',
  'close',
  'isSet',
  'qsize',
  'empty',
  'full',
];

/** A file of a package is read when it has an operation of its own. */
export const OPERATION_TEXT = /\bAtomics\b|\bpostMessage\s*\(/;
/** A file of the program is read when it calls what may lead to an operation, too. */
export const CALL_TEXT = new RegExp(String.raw`\bAtomics\b|\b(?:postMessage|${LIKELY_NAMES.join('|')})\s*\(`);
export const LIBRARY_TEXT = /\bthreadlanes\b/;

const locksText = /\blocks\b/;
const requestText = /\brequest\s*\(/;
/** Web Locks: what waits for what is seen in the text only. */
export const requestsWebLocks = (source: string): boolean => locksText.test(source) && requestText.test(source);
