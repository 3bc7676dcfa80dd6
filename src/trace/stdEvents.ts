import { nanos } from '../base/brand.js';
import type { DamageLog } from './damageLog.js';
import type { EventOrder } from './eventOrder.js';
import { positionOf, type Position } from './ndjsonNotation.js';
import { NO_TIMEOUT, OP, WORD_WRITE } from './ops.js';
import { fieldsOf, stdDeedOf, stdLineOf, type StdDeed, type StdOperation } from './stdLine.js';
import { StdMonitors } from './stdMonitors.js';
import { TextDefinitions } from './textDefinitions.js';
import type { TraceVisitor } from './visitor.js';

/** A location that is a number is a line of a file that nobody knows. */
const UNKNOWN_FILE = 'location';
/** Texts that are remembered with what they mean. */
const MAX_REMEMBERED = 1 << 16;
const SECOND = 1e9;

/** A variable is not known to be a word of shared memory. */
type Kind = 'lock' | 'condition' | 'unknown';

interface Thread {
  readonly id: number;
  hasBegun: boolean;
  /** It waits, as far as its last line tells. */
  isWaiting: boolean;
  /** The line that joined it. */
  joinedIn: number;
}

/** Who does it, where and when. */
interface Moment {
  readonly t: number;
  readonly thread: Thread;
  readonly stack: number;
}

/** What each operation becomes. */
const meanings: Readonly<Record<StdOperation, (events: StdEvents, at: Moment, operand: string) => void>> = {
  req: (events, at, name) => events.request(at, name),
  acq: (events, at, name) => events.acquire(at, name),
  rel: (events, at, name) => events.release(at, name),
  wait: (events, at, name) => events.wait(at, name),
  notify: (events, at, name) => events.notify(at, name, 1),
  notifyAll: (events, at, name) => events.notify(at, name, Infinity),
  r: (events, at, name) => events.push(at, OP['word.load'], events.object('unknown', name, at)),
  w: (events, at, name) => events.push(at, WORD_WRITE.store, events.object('unknown', name, at)),
  fork: (events, at, name) => events.push(at, OP['thread.start'], events.thread(name, at.t, at.thread.id).id),
  join: (events, at, name) => events.join(at, name),
  enter: (events, at, name) => events.name(at, OP['span.begin'], name || 'enter'),
  exit: (events, at, name) => events.name(at, OP['span.end'], name || 'exit'),
  begin: (events, at, name) => events.name(at, OP['span.begin'], name || 'begin'),
  end: (events, at, name) => events.name(at, OP['span.end'], name || 'end'),
  branch: (events, at, name) => events.name(at, OP.mark, name || 'branch'),
  dummy: (events, at, name) => events.name(at, OP.mark, name || 'dummy'),
};

/**
 * Gives meaning to the lines of an STD trace. It has no times: an event's is the number of its line, in nanoseconds, so
 * that nothing is taken for long. What a line implies is told with it: that a thread begins with its first line, that it
 * has ended when it was joined, that who waited to be notified has its lock again when it goes on.
 */
export class StdEvents {
  private readonly definitions: TextDefinitions;
  private readonly monitors = new StdMonitors();
  private readonly threads = new Map<string, Thread>();
  private readonly threadIds = new Set<number>();
  private readonly objects: Readonly<Record<Kind, Map<string, number>>> = {
    lock: new Map(),
    condition: new Map(),
    unknown: new Map(),
  };
  private objectCount = 0;
  private readonly deeds = new Map<string, StdDeed | string>();
  private readonly stacks = new Map<string, number>();
  /** What was told as the end of the trace: what follows is later. */
  private offset = 0;
  private linesAtEnd = -1;

  constructor(
    visitor: TraceVisitor,
    private readonly order: EventOrder,
    private readonly damage: DamageLog,
  ) {
    this.definitions = new TextDefinitions(visitor);
  }

  /** A line that is no comment. */
  line(text: string, number: number): void {
    const fields = fieldsOf(text);
    const deed = fields === null || fields.thread === '' ? stdLineOf(text) : this.deedOf(fields.deed);
    if (fields === null || typeof deed === 'string') {
      this.damage.tell(`Line ${number} was skipped: ${deed as string}.`);
      return;
    }
    const t = this.offset + number;
    const thread = this.thread(fields.thread, t, null);
    const at: Moment = { t, thread, stack: fields.location === null ? -1 : this.stackOf(fields.location) };
    this.goOn(at, deed, number);
    meanings[deed.operation](this, at, deed.operand);
  }

  /**
   * All was read. Where threads wait, the end of the trace stands two seconds later: they were not granted what they
   * wait for by anything in the trace, which is all there is.
   * @param lines how many there were
   */
  end(lines: number): void {
    this.order.release(Infinity);
    const isStuck = [...this.threads.values()].some(({ isWaiting }) => isWaiting);
    if (!isStuck || lines === this.linesAtEnd) return;
    this.linesAtEnd = lines;
    this.offset += 2 * SECOND;
    this.order.marker({ kind: 'complete', t: nanos(this.offset + lines) });
  }

  push({ t, thread, stack }: Moment, op: number, object: number, arg = NaN, extra = 0): void {
    this.order.held.push(t, thread.id, op, object, stack, false, arg, extra);
  }

  name(at: Moment, op: number, name: string): void {
    this.push(at, op, 0, this.definitions.string(name));
  }

  request(at: Moment, name: string): void {
    at.thread.isWaiting = true;
    this.push(at, OP['lock.acquire'], this.object('lock', name, at), NaN, NO_TIMEOUT);
  }

  acquire(at: Moment, name: string): void {
    this.push(at, OP['lock.acquired'], this.object('lock', name, at), this.monitors.acquire(at.thread.id, name));
  }

  release(at: Moment, name: string): void {
    this.push(at, OP['lock.release'], this.object('lock', name, at), this.monitors.release(at.thread.id, name));
  }

  wait(at: Moment, name: string): void {
    const lock = this.object('lock', name, at);
    this.monitors.sleep(at.thread.id, name);
    at.thread.isWaiting = true;
    this.push(at, OP['condition.wait'], this.object('condition', name, at), lock, NO_TIMEOUT);
  }

  notify(at: Moment, name: string, most: number): void {
    const woken = Math.min(most, this.monitors.sleepersOf(name));
    this.push(at, OP['condition.notify'], this.object('condition', name, at), woken);
  }

  /** It is written when it is over: the thread that it waited for has ended before. */
  join(at: Moment, name: string): void {
    const target = this.thread(name, at.t, null);
    if (target.joinedIn < 0) {
      target.joinedIn = at.t - this.offset;
      target.isWaiting = false;
      this.push({ ...at, thread: target, stack: -1 }, OP['thread.end'], target.id);
    }
    this.push(at, OP['thread.joined'], target.id);
  }

  object(kind: Kind, name: string, { thread }: Moment): number {
    const known = this.objects[kind];
    let id = known.get(name);
    if (id === undefined) {
      known.set(name, (id = ++this.objectCount));
      // The lock itself has the bare name.
      const shown = kind === 'condition' ? `${name} (notify)` : name;
      this.definitions.object({ id, kind, name: shown, stack: -1, thread: thread.id, capacity: null });
    }
    return id;
  }

  /** Its number is the one in its name where that is free: T3 is 3. */
  thread(name: string, t: number, parent: number | null): Thread {
    let thread = this.threads.get(name);
    if (thread !== undefined) return thread;
    const wanted = /^main$/i.test(name) ? '0' : /(\d{1,6})$/.exec(name)?.[1];
    let id = wanted === undefined ? 1 : Number(wanted);
    if (this.threadIds.has(id)) for (id = 1; this.threadIds.has(id); id++);
    this.threadIds.add(id);
    thread = { id, hasBegun: false, isWaiting: false, joinedIn: -1 };
    this.threads.set(name, thread);
    this.definitions.thread({ id, name, parent, start: nanos(t), file: null, library: false });
    return thread;
  }

  /** Whatever a thread does shows that it has begun, and that it no longer waits. */
  private goOn(at: Moment, { operation, operand }: StdDeed, number: number): void {
    const { thread } = at;
    const unplaced = { ...at, stack: -1 };
    if (!thread.hasBegun) {
      thread.hasBegun = true;
      this.push(unplaced, OP['thread.begin'], thread.id);
    }
    if (thread.joinedIn >= 0) {
      this.damage.tell(`Line ${number}: its thread goes on, though line ${thread.joinedIn} says that it was joined.`);
      thread.joinedIn = -1;
    }
    thread.isWaiting = false;
    const slept = this.monitors.wake(thread.id);
    if (slept === null) return;
    this.push(unplaced, OP['condition.woken'], this.object('condition', slept.lock, at));
    const takesItself = (operation === 'acq' || operation === 'req') && operand === slept.lock;
    if (slept.depth > 0 && !takesItself) this.acquire(unplaced, slept.lock);
  }

  private deedOf(text: string): StdDeed | string {
    return remembered(this.deeds, text, stdDeedOf);
  }

  private stackOf(location: string): number {
    return remembered(this.stacks, location, (text) => {
      const position = placeOf(text);
      return position === null ? -1 : this.definitions.stack([position]);
    });
  }
}

/** A line of a named or of an unknown file; any other text stands for itself, without a line. */
function placeOf(location: string): Position | null {
  if (location === '-1') return null;
  if (/^\d{1,9}$/.test(location)) return { path: UNKNOWN_FILE, line: Number(location), column: 1, fn: null };
  return positionOf(location) ?? { path: location, line: 0, column: 0, fn: null };
}

function remembered<T>(known: Map<string, T>, text: string, meaning: (text: string) => T): T {
  let found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= MAX_REMEMBERED) known.clear();
  known.set(text, (found = meaning(text)));
  return found;
}
