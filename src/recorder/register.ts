/**
 * The preload: `node -r register.cjs`. It puts the recorder in front of Node's functions and leaves it dormant until the
 * process becomes threaded; in a worker of a traced program it records from the start.
 */
import { PROBE } from '../probe/probe.js';
import { OP } from '../trace/ops.js';
import { Channels } from './channels.js';
import { takeHandover } from './handover.js';
import { startLoopSampler } from './loopSampler.js';
import { patchAtomics } from './patches/atomics.js';
import { patchMessages } from './patches/messages.js';
import { patchProcessEnds } from './patches/processEnds.js';
import { hideOwnId } from './patches/threadIds.js';
import { patchWorker } from './patches/worker.js';
import { Payloads } from './payloads.js';
import { isMainThread, load, threads } from './raw.js';
import { readSettings } from './settings.js';
import { SharedWords } from './sharedWords.js';
import { startProcess } from './start.js';
import { stderrLine } from './stderrLine.js';
import { hideCollector, ownVisibleId } from './threadIds.js';
import type { Connection } from './threadRecorder.js';
import { ThreadRecorder } from './threadRecorder.js';
import type { Handover } from '../probe/definitions.js';
import type { RecorderSettings } from '../probe/settings.js';

function install(settings: RecorderSettings, handover: Handover | null): void {
  const connect = (): Connection | null =>
    handover ?? startProcess(settings, __filename, () => recorder.fail(new Error('the collector ended')));
  const recorder = new ThreadRecorder(settings, __filename, connect);
  const channels = new Channels(recorder);

  if (handover) enterThread(handover);
  recorder.onOpen(() => {
    patchProcessEnds(recorder);
    startLoopSampler(recorder);
    recorder.recordAt(OP['thread.begin'], ownVisibleId(), 0);
  });
  patchAtomics(recorder, new SharedWords(recorder));
  patchMessages(recorder, channels, new Payloads(recorder, channels));
  if (handover && threads.parentPort) bindParent(channels, handover);
  patchWorker(recorder, channels, settings, __filename);
  Object.defineProperty(globalThis, PROBE, { value: recorder.probe(), configurable: true });
  if (handover) recorder.open();
}

/** Makes a worker's world what its program would see without us. */
function enterThread(handover: Handover): void {
  hideCollector(handover.collector);
  hideOwnId();
  process.execArgv.splice(0, handover.hiddenArguments);
}

function bindParent(channels: Channels, { parent, fromParent, toParent }: Handover): void {
  const own = ownVisibleId();
  channels.bind(
    threads.parentPort as NonNullable<typeof threads.parentPort>,
    { id: toParent, stack: 0, from: own, to: parent },
    { id: fromParent, stack: 0, from: parent, to: own },
  );
}

// The program's modules are not joined by ours.
delete load.cache[__filename];
try {
  const isLoaded = PROBE in globalThis;
  const handover = isLoaded || isMainThread ? null : takeHandover();
  // A worker without a handover is not the program's: a loader's thread, or the collector of another recorder.
  if (!isLoaded && (isMainThread || handover)) {
    install(handover?.settings ?? readSettings(process.env, stderrLine), handover);
  }
} catch (error) {
  stderrLine(`recording is off: ${error instanceof Error ? error.message : String(error)}`);
}
