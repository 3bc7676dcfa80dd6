/**
 * The recorder of one thread. It stands in front of Node's functions and is dormant until the process becomes threaded; in
 * a worker of a traced program it records from the start.
 */
import { PROBE } from '../probe/probe.js';
import { OP } from '../trace/ops.js';
import { Channels } from './ports/channels.js';
import { shareRun } from './workers/childRuns.js';
import { takeHandover } from './workers/handover.js';
import { LockRequests } from './locks/lockRequests.js';
import { startLoopSampler } from './loopSampler.js';
import { patchAtomics } from './patches/atomics.js';
import { patchFunctionText } from './patches/functionText.js';
import { patchMessages } from './patches/messages.js';
import { patchMessagesToThreads } from './patches/messagesToThreads.js';
import { patchProcessEnds } from './patches/processEnds.js';
import { hideOwnId } from './patches/threadIds.js';
import { patchWebLocks } from './patches/webLocks.js';
import { patchWorker } from './patches/worker.js';
import { Payloads } from './payload/payloads.js';
import { hasSharedMemory, isMainThread, threads } from './raw.js';
import { RingPool } from './ringPool.js';
import { processSettings, ringEventsOf } from './settings.js';
import { numberLoadedCode } from './sites/staticCode.js';
import { startProcess } from './start.js';
import { stderrLine } from './stderrLine.js';
import { hideCollector, ownVisibleId, showCollector } from './threadIds.js';
import type { Connection } from './threadRecorder.js';
import { probeOf } from './threadProbe.js';
import { ThreadRecorder } from './threadRecorder.js';
import { hidePreload } from './workers/workerPreload.js';
import type { Handover } from '../probe/definitions.js';
import type { ProcessSettings } from '../probe/settings.js';

/** The file that has to be preloaded to get here: threads and child processes get it, too. `register.ts` gives it. */
declare const given: string;

function install(settings: ProcessSettings, handover: Handover | null): void {
  const connect = (): Connection | null =>
    handover ?? startProcess(settings, __filename, () => recorder.fail(new Error('the collector ended')));
  const code = numberLoadedCode(settings, __filename);
  const recorder = new ThreadRecorder(settings, __filename, connect, code);
  const channels = new Channels(recorder);

  if (settings.hide === false) showCollector();
  if (handover) enterThread(handover);
  // First of all that is defined: a file's functions stand in its definition.
  recorder.onOpen(() => code?.tellTables((table) => recorder.define({ kind: 'functions', ...table })));
  recorder.onOpen(() => {
    patchProcessEnds(recorder, restWords);
    startLoopSampler(recorder, restWords);
    recorder.recordAt(OP['thread.begin'], ownVisibleId(), 0);
  });
  patchFunctionText();
  const restWords = patchAtomics(recorder, settings);
  const payloads = new Payloads(recorder, channels);
  patchMessages(recorder, channels, payloads);
  patchWebLocks(recorder, new LockRequests(recorder));
  if (handover && threads.parentPort) bindParent(channels, handover);
  const rings = new RingPool(ringEventsOf(settings));
  const hiddenArguments = handover?.hidden.arguments ?? 0;
  patchWorker({ recorder, channels, rings, settings, preloadFile: given, hiddenArguments });
  shareRun(recorder, settings.run, given);
  Object.defineProperty(globalThis, PROBE, { value: probeOf(recorder), configurable: true });
  if (handover && recorder.open()) payloads.begin(handover);
}

/** Makes a worker's world what its program would see without us. */
function enterThread(handover: Handover): void {
  hideCollector(handover.collector);
  hideOwnId();
  patchMessagesToThreads();
  hidePreload(handover.hidden);
}

function bindParent(channels: Channels, { parent, fromParent, toParent, streams }: Handover): void {
  const own = ownVisibleId();
  channels.streams.bindOwn(streams, parent, own);
  channels.bind(
    threads.parentPort as NonNullable<typeof threads.parentPort>,
    { id: toParent, stack: 0, from: own, to: parent },
    { id: fromParent, stack: 0, from: parent, to: own },
  );
}

const isLoaded = PROBE in globalThis;
const handover = isLoaded || isMainThread ? null : takeHandover();
if (!hasSharedMemory) throw new Error('this process has no Atomics or no SharedArrayBuffer');
// A worker without a handover is not the program's: a loader's thread, or the collector of another recorder.
if (!isLoaded && (isMainThread || handover)) install(handover?.settings ?? processSettings(stderrLine), handover);
