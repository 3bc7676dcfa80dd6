/**
 * Worker threads: each one gets a ring, the recorder, and a lane, whatever its options say. Settings travel as
 * environment data beside a transferred port and are removed at once; `workerData` is the program's alone.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessagePort, Worker, WorkerOptions } from 'node:worker_threads';
import type { Handover } from '../../probe/definitions.js';
import { RING, RING_STATE } from '../../probe/ring.js';
import type { LibraryStart } from '../../probe/probe.js';
import { LIBRARY_START } from '../../probe/probe.js';
import type { RecorderSettings } from '../../probe/settings.js';
import { OP } from '../../trace/ops.js';
import type { Channels, Direction } from '../channels.js';
import { HANDOVER_KEY } from '../handover.js';
import { RawMessageChannel, atomics, now, setEnvironmentData, threads } from '../raw.js';
import { newRing } from '../start.js';
import { collectorId, ownVisibleId, visibleId } from '../threadIds.js';
import type { Connection, ThreadRecorder } from '../threadRecorder.js';
import { replace } from './replacement.js';
import { patchThreadIds, realIdOf } from './threadIds.js';

/** A worker between the call of its constructor and the moment that its id is known. */
interface Birth {
  readonly stack: number;
  readonly library: boolean;
  readonly name: string | null;
  readonly file: string | null;
  readonly ring: SharedArrayBuffer;
  readonly toChild: Direction;
  readonly toParent: Direction;
  readonly options: WorkerOptions;
  /** Set once it is announced. */
  child: Child | null;
}

interface Child {
  readonly id: number;
  readonly ring: Int32Array;
}

type Options = WorkerOptions & { readonly execArgv?: unknown; readonly env?: unknown; readonly transferList?: unknown };

export function patchWorker(
  recorder: ThreadRecorder,
  channels: Channels,
  settings: RecorderSettings,
  ownFile: string,
): void {
  const Original = threads.Worker;
  const children = new WeakMap<Worker, Child>();
  let birth: Birth | null = null;

  patchThreadIds((worker, realId) => {
    if (birth === null || realId < 0) return;
    const born = birth;
    birth = null;
    recorder.guard(() => children.set(worker, announce(recorder, channels, born, visibleId(realId))));
  });

  const Patched = new Proxy(Original, {
    construct(target, args: unknown[], newTarget) {
      const born = recorder.guard(() => prepare(recorder, channels, settings, ownFile, args, Patched as never));
      if (!born) return Reflect.construct(target, args, newTarget) as Worker;
      const outer = birth;
      birth = born;
      let worker: Worker | undefined;
      try {
        worker = Reflect.construct(target, [args[0], born.options], newTarget) as Worker;
        return worker;
      } finally {
        birth = outer;
        setEnvironmentData(HANDOVER_KEY, undefined);
        const made = worker;
        recorder.guard(() => {
          if (made) bindPort(channels, made, born);
          else if (born.child) ended(recorder, born.child, 1);
        });
      }
    },
  });
  threads.Worker = Patched;
  Object.defineProperty(Original.prototype, 'constructor', { value: Patched });

  patchExit(recorder, children);
  patchTerminate(recorder, children);
  patchUnref(recorder, children);
  syncBuiltinESMExports();
}

/** Makes the ring and the way to it; null when the arguments are such that Node will refuse them. */
function prepare(
  recorder: ThreadRecorder,
  channels: Channels,
  settings: RecorderSettings,
  ownFile: string,
  [file, given]: unknown[],
  skip: (...args: never[]) => unknown,
): Birth | null {
  const options = (given ?? {}) as Options;
  if (typeof options !== 'object' || given === null) return null;
  const { execArgv, env, transferList } = options;
  if ((execArgv && !Array.isArray(execArgv)) || (transferList && !Array.isArray(transferList))) return null;
  if (!recorder.open()) return null;

  channels.recordTransfers(transferList);
  const ring = newRing(settings, -1);
  const { port1, port2 } = new RawMessageChannel();
  const stack = recorder.captureStack(skip);
  const library = libraryModuleOf(options);
  const own = ownVisibleId();
  const toChild: Direction = { id: recorder.nextObject(), stack, from: own, to: -1 };
  const toParent: Direction = { id: recorder.nextObject(), stack, from: -1, to: own };
  const injected = injectedArguments(execArgv, env, ownFile);
  const { control } = recorder.connection as Connection;
  recorder.define({ kind: 'ring', ring, port: port1 }, [port1]);
  setEnvironmentData(HANDOVER_KEY, {
    control,
    ring,
    port: port2,
    parent: own,
    collector: collectorId(),
    fromParent: toChild.id,
    toParent: toParent.id,
    hiddenArguments: injected ? 2 : 0,
    settings,
  } satisfies Handover);
  return {
    stack,
    library: library !== null,
    name: typeof options.name === 'string' && options.name.trim() !== '' ? options.name.trim() : null,
    file: library === null ? fileOf(file, options.eval === true) : fileOf(new URL(library), false),
    ring,
    toChild,
    toParent,
    child: null,
    // Inherits, so that whatever else the options are is read from them as Node would.
    options: Object.create(options, {
      transferList: { value: [...((transferList as unknown[] | undefined) ?? []), port2], enumerable: true },
      ...(injected && { execArgv: { value: injected, enumerable: true } }),
    }) as WorkerOptions,
  };
}

/**
 * `execArgv` replaces the arguments that would load the recorder, and an `env` object replaces NODE_OPTIONS. Undefined:
 * the child inherits what this thread was loaded with.
 */
function injectedArguments(
  execArgv: readonly string[] | undefined,
  env: unknown,
  ownFile: string,
): string[] | undefined {
  const isEnvironmentReplaced = typeof env === 'object' && env !== null;
  if (!execArgv && !isEnvironmentReplaced) return undefined;
  return ['--require', ownFile, ...(execArgv ?? process.execArgv)];
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

/** The thread has its id and has not started: its definitions stand before everything that it will write. */
function announce(recorder: ThreadRecorder, channels: Channels, birth: Birth, id: number): Child {
  const ring = new Int32Array(birth.ring, 0, RING.FULL_MICROS + 1);
  ring[RING.THREAD] = id;
  const { name, file, library, stack, toChild, toParent } = birth;
  recorder.define({ kind: 'thread', id, name, parent: ownVisibleId(), start: now(), file, library });
  toChild.to = id;
  toParent.from = id;
  channels.define(toChild);
  channels.define(toParent);
  recorder.recordAt(OP['thread.start'], id, stack);
  birth.child = { id, ring };
  return birth.child;
}

/** Binds the parent's end of the worker's channel. Node takes every message from it, with or without listeners. */
function bindPort(channels: Channels, worker: Worker, birth: Birth): void {
  const key = Object.getOwnPropertySymbols(worker).find((symbol) => symbol.description === 'kPublicPort');
  const port = key && (worker as unknown as Record<symbol, MessagePort | null>)[key];
  if (port) channels.bind(port, birth.toChild, birth.toParent).isListening = true;
}

/** The thread is gone: its end is written here if it could not write it. */
function ended(recorder: ThreadRecorder, child: Child, code: number): void {
  const state = atomics.exchange(child.ring, RING.STATE, RING_STATE.JOINED);
  if (state !== RING_STATE.ENDED) recorder.recordAt(OP['thread.end'], child.id, 0, code);
}

type ExitMethod = (this: Worker, code: number, ...rest: unknown[]) => unknown;

/** Node calls this method when a worker's thread is gone, before its listeners. */
function patchExit(recorder: ThreadRecorder, children: WeakMap<Worker, Child>): void {
  const prototype = threads.Worker.prototype as unknown as Record<string | symbol, ExitMethod>;
  const key = Object.getOwnPropertySymbols(prototype).find((symbol) => symbol.description === 'kOnExit');
  const original = key && prototype[key];
  if (!key || typeof original !== 'function') return;
  const method: ExitMethod = function (this: Worker, code, ...rest) {
    const child = children.get(this);
    if (child) recorder.guard(() => ended(recorder, child, code));
    return Reflect.apply(original, this, [code, ...rest]);
  };
  replace(prototype, key, method);
}

function patchTerminate(recorder: ThreadRecorder, children: WeakMap<Worker, Child>): void {
  const original = threads.Worker.prototype.terminate;
  const { terminate } = {
    terminate(this: Worker, ...args: unknown[]): Promise<number> {
      const child = children.get(this);
      if (child && realIdOf(this) >= 0) recorder.record(OP['thread.terminate'], child.id, NaN, 0, terminate);
      return Reflect.apply(original, this, args as []);
    },
  };
  replace(threads.Worker.prototype, 'terminate', terminate);
}

function patchUnref(recorder: ThreadRecorder, children: WeakMap<Worker, Child>): void {
  const original = threads.Worker.prototype.unref;
  const { unref } = {
    unref(this: Worker): void {
      const child = children.get(this);
      if (child && realIdOf(this) >= 0) recorder.record(OP['thread.unref'], child.id, NaN, 0, unref);
      Reflect.apply(original, this, []);
    },
  };
  replace(threads.Worker.prototype, 'unref', unref);
}
