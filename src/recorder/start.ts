/** What the first event of a process starts: its file, its shared memory, the collector. Only in the main thread. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { statSync, unlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { CollectorData } from '../probe/definitions.js';
import { CONTROL, CONTROL_BYTES } from '../probe/ring.js';
import type { ProcessSettings } from '../probe/settings.js';
import { realIdOf } from './patches/threadIds.js';
import { RawMessageChannel, RawWorker, apply, atomics, postMessage } from './raw.js';
import { newRing } from './ringPool.js';
import { ringEventsOf } from './settings.js';
import { withNodesMethods, withoutNews } from './silence.js';
import { stderrLine } from './stderrLine.js';
import { hideCollector, hideNext } from './threadIds.js';
import type { Connection } from './threadRecorder.js';
import { createTraceFile, rootFolder } from './traceFile.js';

/** The collector opens its file within tens of milliseconds; on a loaded machine it may take longer. */
const READY_MS = 15_000;

/** The program's own file, or null for `-e` and the like. Node has resolved it, but not added an extension. */
function programFile(): string | null {
  const path = process.argv[1];
  if (path === undefined || path === '-') return null;
  const isFile = (candidate: string): boolean => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true;
  const candidates = [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`, join(path, 'index.js')];
  return process.execArgv.some((argument) => /^(-e|-p|-pe|--eval|--print)\b/.test(argument))
    ? null
    : (candidates.find(isFile) ?? null);
}

/** Starts recording this process, or says in one line why it cannot and gives null. */
export function startProcess(settings: ProcessSettings, ownFile: string, onFailure: () => void): Connection | null {
  const program = programFile();
  const root = rootFolder(settings, program);
  let file: string;
  try {
    // Node starts no thread in a working folder that is gone: the collector would never answer.
    statSync(process.cwd());
    file = createTraceFile(settings, root, program);
  } catch (error) {
    stderrLine(`cannot write a trace, so nothing is recorded: ${(error as Error).message}`);
    return null;
  }
  const control = new SharedArrayBuffer(CONTROL_BYTES);
  // The main thread is number 0.
  const ring = newRing(ringEventsOf(settings));
  const { port1, port2 } = withNodesMethods(() => new RawMessageChannel());
  const slashes = (path: string): string => path.replaceAll('\\', '/');
  const data: CollectorData = {
    control,
    ring,
    port: port2,
    file,
    header: {
      run: settings.run,
      pid: process.pid,
      program: program === null ? '[eval]' : slashes(relative(root, program)),
      node: process.versions.node,
      platform: process.platform,
      origin: performance.timeOrigin,
      root: slashes(root),
    },
    onDeadlock: settings.onDeadlock ?? 'report',
    ...(settings.keep !== undefined && { keep: settings.keep }),
  };
  apply(postMessage, port1, [
    { kind: 'thread', id: 0, name: null, parent: null, start: 0, file: program, library: false },
  ]);
  const words = new Int32Array(control);
  try {
    startCollector(join(dirname(ownFile), 'collector.cjs'), data, words, onFailure);
  } catch (error) {
    // Node may not start threads: nothing is left behind.
    if (statSync(file).isFile()) unlinkSync(file);
    throw error;
  }
  atomics.wait(words, CONTROL.READY, 0, READY_MS);
  const ready = atomics.load(words, CONTROL.READY);
  // The collector itself says why it cannot.
  if (ready === 0) stderrLine('the collector did not start, so nothing is recorded');
  if (ready !== 1) return null;
  return { control, ring, port: port1 };
}

function startCollector(path: string, data: CollectorData, words: Int32Array, onFailure: () => void): void {
  const announced = hideAnnouncement(() => {
    const options = {
      workerData: data,
      transferList: [data.port],
      name: 'threadlanes',
      execArgv: [],
      env: {},
      stdin: false,
      // Not piped through the main thread: the streams of the process would get listeners.
      stdout: true,
      stderr: true,
    };
    const collector = hideNext(() => new RawWorker(path, options));
    collector.unref();
    collector.on('error', (error) => {
      if (atomics.compareExchange(words, CONTROL.OFF, 0, 1) === 0) stderrLine(`recording stopped: ${String(error)}`);
      onFailure();
    });
    return collector;
  });
  hideCollector(realIdOf(announced));
}

/**
 * Node announces each new worker by `process.emit('worker')` in the next tick, in the order of construction: between
 * two ticks of our own, `emit` keeps this one to itself.
 */
function hideAnnouncement(construct: () => Worker): Worker {
  const hidden: { collector?: Worker; restore?: () => void } = {};
  process.nextTick(() => {
    const own = Object.getOwnPropertyDescriptor(process, 'emit');
    const emit = process.emit;
    const quiet = (...args: unknown[]): boolean =>
      args[0] === 'worker' && args[1] === hidden.collector ? false : (apply(emit, process, args) as boolean);
    Object.defineProperty(process, 'emit', { value: quiet, configurable: true, writable: true, enumerable: false });
    hidden.restore = () => {
      if (own) Object.defineProperty(process, 'emit', own);
      else delete (process as { emit?: unknown }).emit;
    };
  });
  const collector = withoutNews(construct);
  hidden.collector = collector;
  process.nextTick(() => hidden.restore?.());
  return collector;
}
