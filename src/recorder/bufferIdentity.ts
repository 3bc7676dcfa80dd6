/**
 * Which SharedArrayBuffer is it? V8 numbers every backing store with a process-wide counter and shows that number to
 * debuggers as the internal property `[[ArrayBufferData]]`; `node:inspector` lets a thread ask about its own objects at
 * once, without any domain enabled. The number is equal in all threads, is kept by `memory.grow` and never reused.
 * 40-55 us once per buffer object and thread. The name is not documented, so a self-test guards it.
 */
import { types } from 'node:util';
import type { Session } from 'node:inspector';
import { load } from './raw.js';

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

/** Connects when it is called: 1-3 ms. Always gives undefined where Node cannot answer (`--permission`). */
export function connectBufferIdentity(): { readonly isAvailable: boolean; readonly identify: BufferIdentity } {
  try {
    const ask = numberer(connect());
    if (isTrustworthy(ask)) {
      const known = new WeakMap<SharedArrayBuffer, number | undefined>();
      return {
        isAvailable: true,
        identify: (buffer) => {
          if (known.has(buffer)) return known.get(buffer);
          const number = types.isSharedArrayBuffer(buffer) ? ask(buffer) : undefined;
          known.set(buffer, number);
          return number;
        },
      };
    }
  } catch {
    // Node without an inspector, or one that this process may not use.
  }
  return { isAvailable: false, identify: () => undefined };
}
