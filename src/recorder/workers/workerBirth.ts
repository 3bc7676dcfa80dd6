/**
 * What a worker gets before it exists: a ring and the way to it. Settings travel as environment data beside a transferred
 * port and are removed at once; `workerData` is the program's alone.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessagePort, WorkerOptions } from 'node:worker_threads';
import type { Handover, StreamObjects } from '../../probe/definitions.js';
import { HANDOVER_VERSION } from '../../probe/definitions.js';
import type { LibraryStart } from '../../probe/probe.js';
import { LIBRARY_START } from '../../probe/probe.js';
import { RING, RING_STATE } from '../../probe/ring.js';
import type { ProcessSettings } from '../../probe/settings.js';
import { OP } from '../../trace/ops.js';
import type { Channels } from '../ports/channels.js';
import type { Direction } from '../ports/portState.js';
import { HANDOVER_KEY } from './handover.js';
import { RawMessageChannel, RawWorker, atomics, now, setEnvironmentData, threads } from '../raw.js';
import type { RingPool } from '../ringPool.js';
import { headerOf } from '../ringPool.js';
import { collectorId, ownVisibleId } from '../threadIds.js';
import type { Connection, ThreadRecorder } from '../threadRecorder.js';
import { withNodesMethods } from '../silence.js';
import { newStreamObjects } from '../ports/workerStreams.js';
import { preloadFor } from './workerPreload.js';

/** Somebody else's preload put a class of its own before Node's: it may look at its own options one by one. */
const isForeign = threads.Worker !== RawWorker;

/** What a thread needs to start others. */
export interface Nursery {
  readonly recorder: ThreadRecorder;
  readonly channels: Channels;
  readonly rings: RingPool;
  readonly settings: ProcessSettings;
  readonly preloadFile: string;
  /** How many of this thread's own arguments are hidden. */
  readonly hiddenArguments: number;
}

/** A worker between the call of its constructor and the moment that its id is known. */
export interface Birth {
  readonly stack: number;
  readonly library: boolean;
  readonly name: string | null;
  readonly file: string | null;
  readonly ring: SharedArrayBuffer;
  /** The worker's end of its definition port, as long as it is not transferred. */
  readonly port: MessagePort;
  readonly toChild: Direction;
  readonly toParent: Direction;
  readonly streams: StreamObjects;
  readonly options: WorkerOptions;
  /** Set once it is announced. */
  child: Child | null;
}

export interface Child {
  readonly id: number;
  readonly ring: SharedArrayBuffer;
}

type Options = WorkerOptions & { readonly execArgv?: unknown; readonly env?: unknown; readonly transferList?: unknown };

/** Null when nothing is recorded, or when the arguments are such that Node will refuse them. */
export function prepareBirth(
  nursery: Nursery,
  [file, given]: readonly unknown[],
  skip: (...args: never[]) => unknown,
): Birth | null {
  const options = (given ?? {}) as Options;
  if (typeof options !== 'object' || given === null) return null;
  const { execArgv, env, transferList } = options;
  if ((execArgv && !Array.isArray(execArgv)) || (transferList && !Array.isArray(transferList))) return null;
  const { recorder, rings, settings, preloadFile, hiddenArguments } = nursery;
  if (!recorder.open()) return null;

  const ring = rings.take();
  const { port1, port2 } = withNodesMethods(() => new RawMessageChannel());
  const stack = recorder.captureStack(skip);
  const library = libraryModuleOf(options);
  const own = ownVisibleId();
  const toChild: Direction = { id: recorder.nextObject(), stack, from: own, to: -1 };
  const toParent: Direction = { id: recorder.nextObject(), stack, from: -1, to: own };
  const name = typeof options.name === 'string' && options.name.trim() !== '' ? options.name.trim() : null;
  const path = library === null ? fileOf(file, options.eval === true) : fileOf(new URL(library), false);
  const streams = newStreamObjects(name, path, () => recorder.nextObject());
  const preload = preloadFor({ execArgv, env }, preloadFile, hiddenArguments);
  const { control } = recorder.connection as Connection;
  recorder.define({ kind: 'ring', ring, port: port1 }, [port1]);
  setEnvironmentData(HANDOVER_KEY, {
    version: HANDOVER_VERSION,
    control,
    ring,
    port: port2,
    parent: own,
    collector: collectorId(),
    fromParent: toChild.id,
    toParent: toParent.id,
    streams,
    hidden: preload.hidden,
    settings,
  } satisfies Handover);
  const replaced = Object.entries(preload.options).map(([key, value]) => [key, { value, enumerable: true }] as const);
  return {
    stack,
    library: library !== null,
    name,
    file: path,
    ring,
    port: port2,
    toChild,
    toParent,
    streams,
    child: null,
    // Inherits, so that whatever else the options are is read from them as Node would.
    options: Object.create(options, {
      ...(isForeign && Object.getOwnPropertyDescriptors(options)),
      transferList: { value: [...((transferList as unknown[] | undefined) ?? []), port2], enumerable: true },
      ...Object.fromEntries(replaced),
    }) as WorkerOptions,
  };
}

/** The thread has its id and has not started: its definitions stand before everything that it will write. */
export function announceBirth({ recorder, channels }: Nursery, birth: Birth, id: number): Child {
  const { name, file, library, stack, toChild, toParent, ring } = birth;
  atomics.store(headerOf(ring), RING.THREAD, id);
  recorder.define({ kind: 'thread', id, name, parent: ownVisibleId(), start: now(), file, library });
  toChild.to = id;
  toParent.from = id;
  channels.define(toChild);
  channels.define(toParent);
  recorder.recordAt(OP['thread.start'], id, stack);
  birth.child = { id, ring };
  return birth.child;
}

/** The constructor threw: there is no thread, and never was one unless Node had given it an id. */
export function failedBirth(nursery: Nursery, birth: Birth): void {
  birth.port.close();
  if (birth.child) endOfChild(nursery, birth.child, 1);
  else retire(nursery, birth.ring);
}

/** The thread is gone: its end is written here if it could not write it. Called once a thread. */
export function endOfChild(nursery: Nursery, { id, ring }: Child, code: number, cause: string | null = null): void {
  const { recorder } = nursery;
  const hasEnded = atomics.load(headerOf(ring), RING.STATE) === RING_STATE.ENDED;
  retire(nursery, ring);
  if (cause !== null) recorder.recordAt(OP['thread.fail'], id, 0, recorder.string(cause));
  if (!hasEnded) recorder.recordAt(OP['thread.end'], id, 0, code);
}

/** The state first: the collector reads a ring that is `JOINED` to its end and makes it free. */
function retire({ rings }: Nursery, ring: SharedArrayBuffer): void {
  atomics.store(headerOf(ring), RING.STATE, RING_STATE.JOINED);
  rings.retire(ring);
}

/** The module of a thread of the library, or null. Looks at data properties only: getters are the program's code. */
function libraryModuleOf(options: Options): string | null {
  const valueOf = (target: unknown, key: string): unknown =>
    typeof target === 'object' && target !== null ? Object.getOwnPropertyDescriptor(target, key)?.value : undefined;
  const start = valueOf(valueOf(options, 'workerData'), LIBRARY_START);
  const module = valueOf(start, 'module' satisfies keyof LibraryStart);
  const isLibrary = valueOf(start, 'registry' satisfies keyof LibraryStart) instanceof SharedArrayBuffer;
  return isLibrary && typeof module === 'string' && URL.canParse(module) ? module : null;
}

function fileOf(file: unknown, isEval: boolean): string | null {
  if (isEval) return null;
  if (file instanceof URL) return file.protocol === 'file:' ? fileURLToPath(file) : null;
  return typeof file === 'string' ? resolve(file) : null;
}
