/**
 * Which SharedArrayBuffer is it? V8 numbers every backing store with a process-wide counter and shows that number to
 * debuggers as the internal property `[[ArrayBufferData]]`; `node:inspector` lets a thread ask about its own objects at
 * once, without any domain enabled. The number is equal in all threads, is kept by `memory.grow` and never reused.
 * 40-55 us once per buffer object and thread. The name is not documented, so a self-test guards it.
 *
 * Where a process may not use the inspector, each buffer object that this thread made or that a message brought gets a mark,
 * and the collector joins the marks of both sides of a message. All others are unknown.
 */
import { types } from 'node:util';
import type { Session } from 'node:inspector';
import { load } from '../raw.js';

/** The process-wide number of a buffer, or undefined when this Node does not tell. */
export type BufferIdentity = (buffer: SharedArrayBuffer) => number | undefined;

type Ask = (method: string, params: object) => Record<string, unknown> | undefined;

function connect(): Ask {
  const { Session: SessionClass } = load('node:inspector') as { Session: new () => Session };
  const session = new SessionClass();
  session.connect();
  return (method, params) => {
    let reply: Record<string, unknown> | undefined;
    // Replies of a session with the own thread come before `post` returns.
    session.post(method, params, (error, result) => {
      reply = error ? undefined : (result as Record<string, unknown>);
    });
    return reply;
  };
}

const objectIdOf = (reply: Record<string, unknown> | undefined): string | undefined =>
  (reply?.['result'] as { objectId?: string } | undefined)?.objectId;

interface InternalProperty {
  readonly name: string;
  readonly value?: { readonly value?: unknown };
}

function numberer(ask: Ask): BufferIdentity {
  // The holder's remote handle is fetched once; afterwards nothing has to be placed on globalThis.
  const holder: { buffer: SharedArrayBuffer | undefined } = { buffer: undefined };
  const name = `__threadlanes_${process.pid}`;
  Object.defineProperty(globalThis, name, { value: holder, configurable: true });
  const holderId = objectIdOf(ask('Runtime.evaluate', { expression: name, objectGroup: 'threadlanes' }));
  delete (globalThis as Record<string, unknown>)[name];
  if (holderId === undefined) return () => undefined;
  return (buffer) => {
    holder.buffer = buffer;
    // A group of its own: handles of the buffer's views come back too, and would keep the program's memory alive.
    const objectGroup = 'threadlanes-ask';
    const functionDeclaration = 'function () { return this.buffer; }';
    const objectId = objectIdOf(
      ask('Runtime.callFunctionOn', { objectId: holderId, functionDeclaration, objectGroup }),
    );
    holder.buffer = undefined;
    const reply = objectId && ask('Runtime.getProperties', { objectId, ownProperties: true });
    ask('Runtime.releaseObjectGroup', { objectGroup });
    const internal = reply ? (reply['internalProperties'] as readonly InternalProperty[] | undefined) : undefined;
    const number = Number(internal?.find((property) => property.name === '[[ArrayBufferData]]')?.value?.value);
    return Number.isSafeInteger(number) ? number : undefined;
  };
}

function isTrustworthy(identity: BufferIdentity): boolean {
  const buffer = new SharedArrayBuffer(8);
  const number = identity(buffer);
  return (
    number !== undefined &&
    identity(structuredClone(buffer)) === number &&
    identity(new SharedArrayBuffer(8)) !== number
  );
}

/** Where V8 does not answer: numbers that this thread gives, joined by what messages carry. */
export interface Marks {
  /** Unique in the process. */
  readonly next: () => number;
  /** It has no other handle that came before it. */
  readonly isFirst: (buffer: SharedArrayBuffer) => boolean;
  /** Called for a buffer that marks cannot follow. */
  readonly tellUnknown: () => void;
}

/** How the buffers of this thread are told apart. */
export interface BufferIdentities {
  readonly isAvailable: boolean;
  /** Only as messages carry them. */
  readonly isByMarks: boolean;
  readonly identify: BufferIdentity;
}

const known = new WeakMap<SharedArrayBuffer, number | undefined>();
let marks: Marks | null = null;
let identities: BufferIdentities | null = null;

/** For a buffer that another thread has asked for, or that a message brought. */
export function learnBuffer(buffer: SharedArrayBuffer, number: number): void {
  known.set(buffer, number);
}

/** Set before the first question, so that there is an answer without an inspector. */
export function provideMarks(given: Marks): void {
  marks = given;
}

/** Nothing is loaded for the answer: `--permission` takes the inspector away, and Node can be built without it. */
export const mayLackInspector = (): boolean =>
  (process as { permission?: unknown }).permission !== undefined ||
  !(process.features as { inspector?: boolean }).inspector;

/**
 * Connects when it is called first: 1-3 ms. Where V8 cannot be asked, marks answer; where there are none, nobody.
 */
export function connectBufferIdentity(): BufferIdentities {
  return (identities ??= connectIdentities());
}

function connectIdentities(): BufferIdentities {
  const inspector = inspectorNumberer();
  const ask = inspector ?? (marks && markNumberer(marks));
  if (!ask) return { isAvailable: false, isByMarks: false, identify: () => undefined };
  const identify: BufferIdentity = (buffer) => {
    const answer = known.get(buffer);
    if (answer !== undefined || known.has(buffer)) return answer;
    const number = types.isSharedArrayBuffer(buffer) ? ask(buffer) : undefined;
    known.set(buffer, number);
    return number;
  };
  return { isAvailable: true, isByMarks: inspector === null, identify };
}

function inspectorNumberer(): BufferIdentity | null {
  try {
    const ask = numberer(connect());
    return isTrustworthy(ask) ? ask : null;
  } catch {
    // Node without an inspector, or one that this process may not use.
    return null;
  }
}

/**
 * A number belongs to one buffer object. What is neither made here nor brought by a message that is seen may be another handle
 * of any buffer: a clone, or the buffer of a WebAssembly memory, which is another object whenever the memory has grown.
 */
function markNumberer({ next, isFirst, tellUnknown }: Marks): BufferIdentity {
  return (buffer) => {
    if (isFirst(buffer)) return next();
    tellUnknown();
    return undefined;
  };
}
