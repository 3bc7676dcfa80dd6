/**
 * The shape in which a primitive crosses threads: its one own enumerable property, `threadlanes`, survives a structured
 * clone, so a clone of the primitive is its handle.
 */
import { inspect, type InspectOptions } from 'node:util';
import type { SharedItem } from '../queues/sharedItems.js';

const classNames = {
  lock: 'Lock',
  rlock: 'RLock',
  rwlock: 'RWLock',
  condition: 'Condition',
  semaphore: 'Semaphore',
  boundedSemaphore: 'BoundedSemaphore',
  event: 'Event',
  barrier: 'Barrier',
  queue: 'Queue',
  lifoQueue: 'LifoQueue',
  priorityQueue: 'PriorityQueue',
  thread: 'Thread',
  local: 'Local',
} as const;

export type HandleKind = keyof typeof classNames;

export interface HandleData {
  readonly kind: HandleKind;
  readonly name: string | undefined;
  readonly memory: SharedArrayBuffer;
  /** Of a condition. */
  readonly lock?: HandleData;
  /** Of a queue: those of its items that cannot lie in its memory. */
  readonly items?: readonly SharedItem[];
  /** What messages call it instead of `Lock`: its class, in the thread where it is of a class that extends one of these. */
  readonly className?: string;
}

/** What is left of a primitive after `postMessage` or `workerData`: give it to the `from` of its class. */
export interface Handle {
  readonly threadlanes: HandleData;
}

export function isHandle(value: unknown): value is Handle {
  const data = (value as Partial<Handle> | null | undefined)?.threadlanes;
  return (
    typeof data === 'object' && data !== null && data.kind in classNames && data.memory instanceof SharedArrayBuffer
  );
}

/** Who an error speaks of. */
export type Named = Pick<HandleData, 'kind' | 'name' | 'className'> | string;

/** How messages call a primitive: `Lock "cache"`, or `Lock` when it has no name. */
export function describe(who: Named): string {
  if (typeof who === 'string') return who;
  const { kind, name, className = classNames[kind] } = who;
  return name === undefined ? className : `${className} ${JSON.stringify(name)}`;
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (isHandle(value) && !(value instanceof Primitive)) {
    const { kind } = value.threadlanes;
    return `the handle of ${withArticle(kind)} (${classNames[kind]}.from makes one of it)`;
  }
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 100 });
}

/** `an Event`, `an RLock`, `a Queue` */
function withArticle(kind: HandleKind): string {
  const name = classNames[kind];
  return `${/^([AEIOU]|R[A-Z])/.test(name) ? 'an' : 'a'} ${name}`;
}

/**
 * Each class's `from` is a function beside it: bundlers rename a class whose body speaks of itself, and stacks and
 * `constructor.name` would say `_Lock`.
 */
export function checkHandle(value: unknown, kind: HandleKind): Handle {
  if (isHandle(value) && value.threadlanes.kind === kind) return value;
  const what = isHandle(value) ? `the handle of ${withArticle(value.threadlanes.kind)}` : shown(value);
  throw new TypeError(
    `${classNames[kind]}.from: expected ${withArticle(kind)} or a structured clone of one, got ${what}`,
  );
}

export interface PrimitiveOptions {
  /** What messages and the timeline call it. Default: the recorder finds the variable it was assigned to. */
  readonly name?: string;
}

/** Those of the library: whatever extends one of them is called by its own name. `revive.ts` knows them all. */
export const libraryClasses = new Set<unknown>();

const ownNameOf = (type: { readonly name: string }): string | undefined =>
  libraryClasses.has(type) || type.name === '' ? undefined : type.name;

function textOf({ threadlanes: { kind, name }, constructor }: Primitive, state: string): string {
  return `${describe({ kind, name, className: ownNameOf(constructor) ?? classNames[kind] })} (${state})`;
}

/** What all primitives have in common: a name and a handle. */
export abstract class Primitive implements Handle {
  /** What crosses to another thread. Not for use by programs. */
  readonly threadlanes: HandleData;

  /** @internal */
  constructor(threadlanes: HandleData) {
    this.threadlanes = threadlanes;
    const value = threadlanes.kind === 'thread' ? undefined : ownNameOf(new.target);
    // Not enumerable: it does not cross, and nor does the class.
    if (value !== undefined) Object.defineProperty(threadlanes, 'className', { value, configurable: true });
  }

  /** The name that was given at its creation. */
  get name(): string | undefined {
    return this.threadlanes.name;
  }

  /** What it is like at this moment, in a word or two. Takes no lock, and is no event. @internal */
  protected abstract shownState(): string;

  /** What it is called and how it is at this moment: `Queue "jobs" (3 of 10)`. Takes no lock. */
  toString(): string {
    return textOf(this, this.shownState());
  }

  /** What `console.log` prints: the same, then the properties of a subclass. @internal */
  [inspect.custom](depth: number | null, options: InspectOptions): string {
    const text = textOf(this, this.shownState());
    const own = Object.entries(this).filter(([key]) => key !== 'threadlanes');
    if (own.length === 0) return text;
    return `${text} ${inspect(Object.fromEntries(own), { ...options, depth: Math.min(depth ?? MOST_SHOWN, MOST_SHOWN) })}`;
  }
}

/** Levels: a subclass may know itself. */
const MOST_SHOWN = 2;

/** The options that every primitive has. */
export const PRIMITIVE_OPTIONS: readonly string[] = ['name'];

/**
 * The handle of a new primitive, or the one that is being revived.
 * @param known the names of its options
 */
export function handleOf(
  kind: HandleKind,
  options: PrimitiveOptions | Handle,
  memory: () => SharedArrayBuffer,
  known: readonly string[] = PRIMITIVE_OPTIONS,
): HandleData {
  if (isHandle(options) && options.threadlanes.kind === kind) return options.threadlanes;
  checkOptions(options, { kind, name: undefined }, known);
  return { kind, name: checkName((options as PrimitiveOptions).name, kind), memory: memory() };
}

export function checkName(name: unknown, kind: HandleKind): string | undefined {
  if (name === undefined || typeof name === 'string') return name;
  throw new TypeError(`${classNames[kind]}: name must be a string, got ${shown(name)}`);
}

/** What a value of each option may look like, by the type of what is given in its place. */
const EXAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  boolean: { blocking: 'false', block: 'false', daemon: 'true', fair: 'true', immediate: 'true', wait: 'false' },
  number: { timeout: '100', maxWorkers: '4' },
  string: { name: "'cache'", threadNamePrefix: "'worker'", returnWhen: "'firstCompleted'" },
  function: { action: '() => { … }', priority: '(item) => …', initializer: 'prepare' },
  object: { lock: 'lock' },
};

/** The option that was meant, as far as its type tells; else the first one that there is. */
function exampleFor(given: unknown, known: readonly string[]): string {
  for (const examples of [EXAMPLES[typeof given] ?? {}, ...Object.values(EXAMPLES)]) {
    const option = known.find((name) => name in examples);
    if (option !== undefined) return `${option}: ${examples[option]}`;
  }
  return `${known[0]}: …`;
}

/**
 * Refuses what JavaScript would let pass in silence, such as Python's `acquire(False)` and `put(item, 5)`, and names that no
 * option has.
 */
export function checkOptions(options: object, who: Named, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options) || isHandle(options)) {
    const example = exampleFor(options, known);
    throw new TypeError(`${describe(who)}: options must be an object such as { ${example} }, got ${shown(options)}`);
  }
  for (const option in options) {
    if (known.includes(option) || !Object.hasOwn(options, option)) continue;
    const there = known.length === 1 ? `there is only ${known[0]}` : `there are ${known.join(', ')}`;
    throw new TypeError(`${describe(who)}: unknown option ${JSON.stringify(option)}; ${there}`);
  }
}

/** Also what JavaScript would take for an empty list, such as a number. */
export function checkIterable(given: unknown, what: string): void {
  if (typeof (given as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === 'function') return;
  throw new TypeError(`${what}, got ${shown(given)}`);
}

/** An option that is true or false; false when it is not given. */
export function checkFlag(flag: unknown, option: string, who: Named): boolean {
  if (flag === undefined || typeof flag === 'boolean') return flag === true;
  throw new TypeError(`${describe(who)}: ${option} must be true or false, got ${shown(flag)}`);
}
