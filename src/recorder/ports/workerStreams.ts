/**
 * What a worker prints goes through its parent: Node posts it on an internal port, and the parent writes it when its
 * loop runs. A payload is what is posted at once: while one is on its way, further writes wait in the worker's stream.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { basename } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { StreamObjects } from '../../probe/definitions.js';
import { OwnWeakMap } from '../ownCollections.js';
import type { Direction, PortState } from './portState.js';
import { newPortState } from './portState.js';

type StreamName = 'stdin' | 'stdout' | 'stderr';
type Streams = Readonly<Record<StreamName, PortState>>;

/** Node's word for what carries the bytes of a stream (20 to 26). */
const PAYLOAD = 'stdioPayload';

const isStream = (name: unknown): name is StreamName => name === 'stdin' || name === 'stdout' || name === 'stderr';

/** The stream that a message of Node's carries bytes of. Looks at data properties only: others are the program's. */
function streamOf(message: unknown): StreamName | null {
  if (typeof message !== 'object' || message === null) return null;
  const type: unknown = Object.getOwnPropertyDescriptor(message, 'type')?.value;
  const stream: unknown = type === PAYLOAD ? Object.getOwnPropertyDescriptor(message, 'stream')?.value : undefined;
  return isStream(stream) ? stream : null;
}

/** The value under a symbol of Node's own. */
export function internalOf(target: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(target).find((symbol) => symbol.description === description);
  return key && (target as Record<symbol, unknown>)[key];
}

/** @param file the path of the worker's file, null for code that is no file */
export function newStreamObjects(name: string | null, file: string | null, nextObject: () => number): StreamObjects {
  const [stdin, stdout, stderr] = [nextObject(), nextObject(), nextObject()];
  return { owner: name ?? (file === null ? 'thread' : basename(file)), isNamed: name !== null, stdin, stdout, stderr };
}

const isWrittenByParent = (stream: StreamName): boolean => stream === 'stdin';

function streamsOf(objects: StreamObjects, parent: number, worker: number): Streams {
  const stateOf = (stream: StreamName): PortState => {
    const [from, to] = isWrittenByParent(stream) ? [parent, worker] : [worker, parent];
    const name = `${objects.owner}${objects.isNamed ? '' : `#${worker}`} ${stream}`;
    const direction: Direction = { id: objects[stream], stack: 0, name, from, to, isDefined: false };
    return newPortState(direction, direction);
  };
  return { stdin: stateOf('stdin'), stdout: stateOf('stdout'), stderr: stateOf('stderr') };
}

export class WorkerStreams {
  readonly #ports = new OwnWeakMap<MessagePort, Streams>();
  /** The streams of this thread, while their port is not known. */
  #own: Streams | null = null;

  /** In the parent: the streams of a worker that it has made. */
  bindWorker(worker: object, objects: StreamObjects, parent: number, id: number): void {
    const port = internalOf(worker, 'kPort');
    if (port) this.#ports.set(port as MessagePort, streamsOf(objects, parent, id));
  }

  /** In a worker, before its program runs. */
  bindOwn(objects: StreamObjects, parent: number, id: number): void {
    this.#own = streamsOf(objects, parent, id);
  }

  /** What a message on a port that is nobody's else belongs to. */
  stateOf(port: MessagePort, message: unknown): PortState | undefined {
    const known = this.#ports.get(port);
    if (known === undefined && this.#own === null) return undefined;
    const stream = streamOf(message);
    if (stream === null) return undefined;
    if (known) return known[stream];
    return this.#findOwn(port, stream)?.[stream];
  }

  /** Node's streams know their port; they exist when the first message with bytes is posted or received. */
  #findOwn(port: MessagePort, stream: StreamName): Streams | null {
    const own = this.#own;
    if (!own || internalOf(nodeStream(stream), 'kPort') !== port) return null;
    this.#ports.set(port, own);
    this.#own = null;
    return own;
  }
}

/** As Node defines them: the program may have replaced the properties. */
const getters = {
  stdin: Object.getOwnPropertyDescriptor(process, 'stdin')?.get,
  stdout: Object.getOwnPropertyDescriptor(process, 'stdout')?.get,
  stderr: Object.getOwnPropertyDescriptor(process, 'stderr')?.get,
};

const nodeStream = (stream: StreamName): object => (getters[stream]?.call(process) as object | undefined) ?? {};
