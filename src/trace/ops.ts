/**
 * The event vocabulary, as data. Encoder, NDJSON, state machines and documentation all read this table.
 *
 * A record is: time, thread, op, object, call site, and up to two operands. `arg` is a double (absent: NaN), `extra` a
 * 32-bit integer. Every blocking operation has an *attempt*, written before the thread can sleep, and an *outcome*; one
 * that succeeds at once writes the outcome only. A *provision* can end somebody's wait. Codes are an ABI between
 * versions of the library and the recorder: they are never renumbered and never reused.
 */

/** What an operation's object field counts: an object's id, or for `thread` a thread's id, for `none` nothing. */
export type OpSubject = 'thread' | 'object' | 'none';

/** The role an operation plays in a wait. */
export type OpRole = 'attempt' | 'outcome' | 'provision' | 'state';

/** How an operand is to be read. `string` is an index into the trace's strings; an array names the values 0, 1, 2, … */
export type OperandType = 'count' | 'millis' | 'integer' | 'number' | 'string' | 'thread' | readonly string[];

export interface Operand {
  /** Its key in NDJSON is `arg` for the first slot, this name for the second. */
  readonly name: string;
  readonly type: OperandType;
}

export interface OpSpec {
  readonly code: number;
  readonly name: string;
  /** The family: what stands before the dot. */
  readonly family: OpFamily;
  readonly role: OpRole;
  readonly subject: OpSubject;
  readonly arg?: Operand;
  readonly extra?: Operand;
  /** Of `word.write`: the function of Atomics that wrote. NDJSON says it under this name. */
  readonly by?: WordWrite;
}

export type OpFamily =
  | 'thread'
  | 'lock'
  | 'semaphore'
  | 'condition'
  | 'event'
  | 'barrier'
  | 'queue'
  | 'port'
  | 'word'
  | 'task'
  | 'loop'
  | 'sleep'
  | 'span'
  | 'mark'
  | 'recorder'
  | 'past'
  | 'async';

/** Whole milliseconds, rounded up; {@link NO_TIMEOUT} for none. */
const timeout: Operand = { name: 'timeout', type: 'millis' };
/** A wait that only a provision can end. */
export const NO_TIMEOUT = -1;

/**
 * `bounded`: exclusive, by a try or with a timeout, so that nobody waits for it without end; of a Web Lock also one that
 * a signal can abort. `steal`: a Web Lock that is taken from whoever holds it.
 */
export const LOCK_MODES = ['exclusive', 'shared', 'bounded', 'boundedShared', 'steal'] as const;
export const LOCK_REFUSALS = ['unknown', 'busy', 'timeout', 'aborted', 'stolen'] as const;
export const QUEUE_REFUSALS = ['unknown', 'full', 'empty', 'timeout', 'closed'] as const;

/** Attempts that a thread can make without blocking, as `async.wait` and `async.end` number them. */
export const ASYNC_ATTEMPTS = [
  'thread.join',
  'lock.acquire',
  'semaphore.acquire',
  'condition.wait',
  'event.wait',
  'barrier.wait',
  'queue.put',
  'queue.get',
  'queue.join',
  'task.wait',
] as const;
export type AsyncAttemptName = (typeof ASYNC_ATTEMPTS)[number];

/** The functions of Atomics that change a word. Each has a code of its own; all are called `word.write`. */
export const WORD_WRITES = ['compareExchange', 'exchange', 'store', 'add', 'sub', 'and', 'or', 'xor'] as const;
export type WordWrite = (typeof WORD_WRITES)[number];

/** `recorder.seen`: where the thread was when it was last heard of. */
export const SEEN_IN = ['running', 'loop', 'unknown', 'waiting'] as const;
/** `past.did`: what the thread did last with the object, of which nothing but `left` is left. */
export const PAST_DEEDS = [
  'provided',
  'put',
  'wantedPut',
  'got',
  'wantedGet',
  'gaveBack',
  'gaveBackForeign',
  'received',
  'listened',
  'closed',
  'wrote',
  'stole',
  'permitted',
  'noLock',
] as const;

const mode: Operand = { name: 'mode', type: LOCK_MODES };
/**
 * Of Web Locks: the number of a request in its thread, from 1; it stands in place of the depth of `lock.acquired` and
 * `lock.release`. A thread may have many requests for one lock, and its loop goes on while they wait. 0: another lock.
 */
const request: Operand = { name: 'request', type: 'count' };
/** How many older waits of the thread there are for the same operation of the same object. */
const place: Operand = { name: 'place', type: 'count' };
const asyncOp: Operand = { name: 'op', type: ASYNC_ATTEMPTS };
const sequence: Operand = { name: 'sequence', type: 'count' };

/** The value that stood in the word; none for a store. Beyond 2^53 it is rounded. */
const oldValue: Operand = { name: 'old', type: 'number' };
/** The value that stands in the word now; of a 64-bit word its low 32 bits. */
const newValue: Operand = { name: 'new', type: 'integer' };
/** How many such operations in a row this event stands for. */
const repeats: Operand = { name: 'times', type: 'count' };

type Row = readonly [
  code: number,
  name: string,
  role: OpRole,
  arg?: Operand | undefined,
  extra?: Operand,
  by?: WordWrite,
];

const rows = [
  [0x01, 'thread.start', 'provision'],
  [0x02, 'thread.begin', 'provision'],
  [0x03, 'thread.end', 'provision', { name: 'code', type: 'integer' }],
  [0x04, 'thread.fail', 'provision', { name: 'error', type: 'string' }],
  [0x05, 'thread.terminate', 'provision'],
  [0x06, 'thread.name', 'state', { name: 'name', type: 'string' }],
  [0x07, 'thread.unref', 'state'],
  [0x08, 'thread.join', 'attempt', undefined, timeout],
  [0x09, 'thread.joined', 'outcome'],
  [0x0a, 'thread.joinTimeout', 'outcome'],
  // Written by the thread itself, before any code of the program runs in it. None: it may have been handed others.
  [0x0b, 'thread.handed', 'state', { name: 'buffer', type: 'count' }],
  // A join that leaves the thread in its loop; its end stands before the outcome, and says which one of this thread it is.
  [0x0c, 'thread.joinAsync', 'state', undefined, timeout],
  [0x0d, 'thread.joinAsyncEnd', 'state', place],

  [0x10, 'lock.acquire', 'attempt', mode, timeout],
  [0x11, 'lock.acquired', 'outcome', { name: 'depth', type: 'count' }, mode],
  [0x12, 'lock.refused', 'outcome', { name: 'reason', type: LOCK_REFUSALS }, request],
  [0x13, 'lock.release', 'provision', { name: 'depth', type: 'count' }],
  // Which request of a Web Lock the next event of the thread with this lock is of, and inside whose callback it was made.
  [0x14, 'lock.request', 'state', request, { name: 'inside', type: 'count' }],
  // The callback of a request awaits another, or returned its promise: it gives its lock back when that one is over.
  [0x15, 'lock.follow', 'state', request, { name: 'follows', type: 'count' }],

  [0x18, 'semaphore.acquire', 'attempt', undefined, timeout],
  [0x19, 'semaphore.acquired', 'outcome'],
  [0x1a, 'semaphore.refused', 'outcome', { name: 'reason', type: LOCK_REFUSALS }],
  [0x1b, 'semaphore.release', 'provision', { name: 'n', type: 'count' }],

  [0x20, 'condition.wait', 'attempt', { name: 'lock', type: 'count' }, timeout],
  [0x21, 'condition.woken', 'outcome'],
  [0x22, 'condition.timeout', 'outcome'],
  [0x23, 'condition.notify', 'provision', { name: 'n', type: 'count' }],

  [0x28, 'event.wait', 'attempt', undefined, timeout],
  [0x29, 'event.woken', 'outcome'],
  [0x2a, 'event.timeout', 'outcome'],
  [0x2b, 'event.set', 'provision'],
  [0x2c, 'event.clear', 'state'],
  [0x2d, 'event.test', 'state', { name: 'value', type: 'count' }],

  [0x30, 'barrier.wait', 'attempt', undefined, timeout],
  [0x31, 'barrier.passed', 'outcome', { name: 'index', type: 'count' }],
  [0x32, 'barrier.broken', 'outcome'],
  [0x33, 'barrier.timeout', 'outcome'],
  [0x34, 'barrier.abort', 'provision'],
  [0x35, 'barrier.reset', 'provision'],

  [0x40, 'queue.put', 'attempt', undefined, timeout],
  [0x41, 'queue.putDone', 'outcome', { name: 'item', type: 'count' }],
  [0x42, 'queue.get', 'attempt', undefined, timeout],
  [0x43, 'queue.getDone', 'outcome', { name: 'item', type: 'count' }],
  [0x44, 'queue.refused', 'outcome', { name: 'reason', type: QUEUE_REFUSALS }],
  [0x45, 'queue.join', 'attempt', undefined, timeout],
  [0x46, 'queue.joined', 'outcome'],
  [0x47, 'queue.taskDone', 'provision'],
  [0x48, 'queue.test', 'state', { name: 'length', type: 'count' }],
  [0x49, 'queue.close', 'provision'],

  [0x50, 'port.post', 'provision', sequence],
  [0x51, 'port.unpost', 'state', sequence],
  [0x52, 'port.receive', 'outcome', sequence],
  [0x53, 'port.handled', 'outcome', sequence],
  [0x54, 'port.error', 'outcome', sequence],
  [0x55, 'port.close', 'provision'],
  [0x56, 'port.transfer', 'state'],
  // Of a broadcast channel: `reply` is the object that the same instance posts into, `extra` the microseconds since its
  // constructor began; `extra` of its posts and receives is what the message looks like, 0 when that is not known.
  [0x57, 'port.listen', 'state', { name: 'reply', type: 'count' }],
  [0x58, 'port.unlisten', 'state'],
  // The message that is posted next is a shared buffer, or a view of it: which. None: nobody knows. Of others it is not said.
  [0x59, 'port.carry', 'state', { name: 'buffer', type: 'count' }],

  [0x60, 'word.wait', 'attempt', { name: 'expected', type: 'number' }, timeout],
  [0x61, 'word.waitAsync', 'attempt', { name: 'expected', type: 'number' }, timeout],
  [0x62, 'word.woken', 'outcome'],
  [0x63, 'word.unequal', 'outcome'],
  [0x64, 'word.timeout', 'outcome'],
  [0x65, 'word.notify', 'provision', { name: 'woken', type: 'count' }],

  // A compareExchange that found another value than it expected, or a further operation in a row that wrote the value that
  // stood there already: the word stayed as it was.
  [0x66, 'word.missed', 'state', { name: 'found', type: 'number' }, repeats],
  [0x67, 'word.load', 'state', { name: 'value', type: 'number' }, repeats],
  [0x68, 'word.write', 'state', oldValue, newValue, 'compareExchange'],
  [0x69, 'word.write', 'state', oldValue, newValue, 'exchange'],
  [0x6a, 'word.write', 'state', oldValue, newValue, 'store'],
  [0x6b, 'word.write', 'state', oldValue, newValue, 'add'],
  [0x6c, 'word.write', 'state', oldValue, newValue, 'sub'],
  [0x6d, 'word.write', 'state', oldValue, newValue, 'and'],
  [0x6e, 'word.write', 'state', oldValue, newValue, 'or'],
  [0x6f, 'word.write', 'state', oldValue, newValue, 'xor'],

  [0x70, 'task.submit', 'provision'],
  [0x71, 'task.start', 'provision'],
  [0x72, 'task.done', 'provision'],
  [0x73, 'task.fail', 'provision', { name: 'error', type: 'string' }],
  [0x74, 'task.wait', 'attempt', undefined, timeout],
  [0x75, 'task.result', 'outcome'],
  [0x76, 'task.timeout', 'outcome'],

  [0x78, 'loop.sample', 'state', { name: 'resources', type: 'count' }],

  [0x80, 'sleep.begin', 'attempt', { name: 'ms', type: 'number' }],
  [0x81, 'sleep.end', 'outcome'],

  [0x88, 'span.begin', 'state', { name: 'name', type: 'string' }],
  [0x89, 'span.end', 'state', { name: 'name', type: 'string' }],
  [0x8a, 'mark', 'state', { name: 'name', type: 'string' }],

  [0x90, 'recorder.drop', 'state', { name: 'n', type: 'count' }],
  [0x91, 'recorder.full', 'state', { name: 'ns', type: 'count' }],
  [0x92, 'recorder.error', 'state', { name: 'message', type: 'string' }],

  // Only in the snapshot at the start of a segment: what was, in so far as it still matters. Times are the original ones.
  [0x93, 'recorder.seen', 'state', { name: 'in', type: SEEN_IN }, { name: 'resources', type: 'integer' }],
  [0x94, 'recorder.waited', 'state', { name: 'ns', type: 'count' }],
  [0x98, 'past.did', 'state', { name: 'deed', type: PAST_DEEDS }, { name: 'left', type: 'integer' }],
  [0x99, 'past.longestWait', 'state', { name: 'ns', type: 'count' }],

  // An operation of a library object that waits and leaves its thread in the event loop. Its end stands right before the
  // event of its outcome.
  [0xa0, 'async.wait', 'state', asyncOp, timeout],
  [0xa1, 'async.end', 'state', asyncOp, place],
] as const satisfies readonly Row[];

export type OpName = (typeof rows)[number][1];

const withoutObject: ReadonlySet<OpFamily> = new Set(['loop', 'sleep', 'span', 'mark', 'recorder']);

function specOf([code, name, role, arg, extra, by]: Row): OpSpec {
  const family = name.split('.', 1)[0] as OpFamily;
  const subject = family === 'thread' ? 'thread' : withoutObject.has(family) ? 'none' : 'object';
  return { code, name, family, role, subject, ...(arg && { arg }), ...(extra && { extra }), ...(by && { by }) };
}

/** Every operation, in the order of its code. */
export const OPS: readonly OpSpec[] = (rows as readonly Row[]).map(specOf);

/** A name that one code has. */
export type SingleOpName = Exclude<OpName, 'word.write'>;

/** The code of each operation: `OP['lock.acquire']`. For `word.write` see {@link WORD_WRITE}. */
export const OP = Object.fromEntries(
  OPS.filter(({ by }) => by === undefined).map((spec) => [spec.name, spec.code]),
) as Readonly<Record<SingleOpName, number>>;

/** The codes of `word.write`. */
export const WORD_WRITE = Object.fromEntries(
  OPS.flatMap(({ by, code }) => (by === undefined ? [] : [[by, code]])),
) as Readonly<Record<WordWrite, number>>;

const byCode: readonly (OpSpec | undefined)[] = OPS.reduce<(OpSpec | undefined)[]>((table, spec) => {
  table[spec.code] = spec;
  return table;
}, []);

/** `undefined` for a code that a newer library wrote: the event is kept, its meaning is unknown. */
export function opSpec(code: number): OpSpec | undefined {
  return byCode[code];
}

/** The largest code that fits a record; an op is stored in 16 bits. */
export const MAX_OP = 0xffff;
