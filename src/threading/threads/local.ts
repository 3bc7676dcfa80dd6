import {
  checkHandle,
  describe,
  handleOf,
  isHandle,
  Primitive,
  shown,
  type Handle,
  type PrimitiveOptions,
} from '../crossing/handle.js';
import { functionOf, knownTarget, type ThreadTarget } from './threadTarget.js';

/** A number of its own, whether it has an initial function; then that function's target as JSON, if it has one. */
const WORD = { HAS_INITIAL: 2 } as const;
const HEADER_BYTES = 16;

function newMemory(initial: (() => unknown) | undefined): SharedArrayBuffer {
  const target = initial && knownTarget(initial);
  const text = new TextEncoder().encode(target ? JSON.stringify(target) : '');
  const memory = new SharedArrayBuffer(HEADER_BYTES + text.length);
  new Float64Array(memory, 0, 1)[0] = Math.random();
  new Int32Array(memory, 0, HEADER_BYTES / 4)[WORD.HAS_INITIAL] = initial ? 1 : 0;
  new Uint8Array(memory, HEADER_BYTES).set(text);
  return memory;
}

function targetIn(memory: SharedArrayBuffer): ThreadTarget | undefined {
  const text = new Uint8Array(memory, HEADER_BYTES).slice();
  return text.length === 0 ? undefined : (JSON.parse(new TextDecoder().decode(text)) as ThreadTarget);
}

/** The values of this thread, by the number of their Local. */
const values = new Map<number, unknown>();

/**
 * A value that each thread has for itself: what one thread sets no other sees. Python: `threading.local`, with one
 * attribute.
 *
 * `initial` gives a thread its first value, when it asks for one. A function does not cross threads: in a thread that got
 * the Local from another one, `initial` must have been made by `threadFunction` in a module that the thread has imported.
 *
 * @example
 * const depth = new Local(() => 0);
 * depth.value += 1;
 */
export class Local<T = unknown> extends Primitive {
  #initial: (() => T) | undefined;

  /** Without `initial` the value is `undefined` at first. */
  constructor(initial?: () => T, options?: PrimitiveOptions);
  /** @internal */
  constructor(handle: Handle);
  constructor(initial?: (() => T) | Handle, options: PrimitiveOptions = {}) {
    const isRevived = isHandle(initial);
    if (!isRevived && initial !== undefined && typeof initial !== 'function') {
      throw new TypeError(`Local: the initial value is given by a function, such as () => 0; got ${typeof initial}`);
    }
    super(isRevived ? initial.threadlanes : handleOf('local', options, () => newMemory(initial)));
    this.#initial = isRevived ? undefined : initial;
  }

  /** The Local behind a structured clone of it, as it arrives through `workerData` or a message. */
  static from(handle: unknown): Local {
    return revived(handle);
  }

  /** The calling thread's value. Throws when it has none and its initial function stayed in another thread. */
  get value(): T {
    const number = this.#number;
    if (values.has(number)) return values.get(number) as T;
    const value = this.#first();
    values.set(number, value);
    return value;
  }

  set value(value: T) {
    values.set(this.#number, value);
  }

  /** From now on the calling thread has none, as at first. Python: `del local.attribute`. */
  clear(): void {
    values.delete(this.#number);
  }

  /** @internal */
  protected override shownState(): string {
    return values.has(this.#number) ? shown(values.get(this.#number)) : 'no value yet';
  }

  get #number(): number {
    return new Float64Array(this.threadlanes.memory, 0, 1)[0] as number;
  }

  #first(): T {
    if (this.#initial !== undefined) return this.#initial();
    const target = targetIn(this.threadlanes.memory);
    const initial = target && functionOf(target);
    if (initial !== undefined) return (initial as () => T)();
    if (new Int32Array(this.threadlanes.memory, 0, HEADER_BYTES / 4)[WORD.HAS_INITIAL] === 0) return undefined as T;
    const way = target
      ? `import ${target.module} in this thread`
      : 'make its initial function by threadFunction, in a module that this thread imports';
    throw new Error(
      `${describe(this.threadlanes)}: has no value in this thread, and its initial function did not cross to it: ` +
        `set the value first, or ${way}`,
    );
  }
}

function revived(handle: unknown): Local {
  return handle instanceof Local ? (handle as Local) : new Local(checkHandle(handle, 'local'));
}
