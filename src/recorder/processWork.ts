/**
 * Whether somebody computes whom no list of Node's names: jobs of the thread pool (crypto, zlib, native modules) wake the
 * loop that started them, and all that is seen of them is the processor time that the whole process takes.
 */
import { CONTROL } from '../probe/ring.js';
import { atomics, now } from './raw.js';

/** On a machine with ten times more to do than it can, a job still gets its share within this time. */
const WINDOW_MS = 1000;
/**
 * What the recorder takes of a processor while all threads rest: measured are 0.01, and 0.002 for each thread; twice as much
 * where many other processes push it out of the caches.
 */
const OWN_SHARE = 0.03;
const OWN_SHARE_PER_THREAD = 0.008;

interface CpuUsage {
  readonly user: number;
  readonly system: number;
}

const sumOf = ({ user, system }: CpuUsage): number => user + system;

const processUsage = process.cpuUsage.bind(process);
/** From Node 23.9. */
const threadUsage = (process as { threadCpuUsage?(): CpuUsage }).threadCpuUsage?.bind(process);

export class ProcessWork {
  readonly #control: Int32Array;
  #since = now();
  #ofProcess = sumOf(processUsage());
  #ofThreads: number;
  #ofThread = threadUsage === undefined ? 0 : sumOf(threadUsage());
  /** Windows in a row in which somebody did. */
  #busyWindows = 0;

  constructor(control: SharedArrayBuffer) {
    this.#control = new Int32Array(control);
    this.#ofThreads = this.#control[CONTROL.THREAD_MICROS] as number;
  }

  /**
   * In the last two windows that are over: V8 collects garbage in a process that rests, every few seconds and for less than
   * one window. To be asked often.
   */
  isComputing(): boolean {
    this.#addThread();
    const time = now();
    const elapsed = time - this.#since;
    if (elapsed < WINDOW_MS) return this.#busyWindows > 1;
    const ofProcess = sumOf(processUsage());
    const ofThreads = this.#control[CONTROL.THREAD_MICROS] as number;
    const micros = ofProcess - this.#ofProcess - ((ofThreads - this.#ofThreads) | 0);
    const ownShare = OWN_SHARE + OWN_SHARE_PER_THREAD * (this.#control[CONTROL.THREADS] ?? 0);
    this.#busyWindows = micros / (elapsed * 1000) > ownShare ? this.#busyWindows + 1 : 0;
    this.#since = time;
    this.#ofProcess = ofProcess;
    this.#ofThreads = ofThreads;
    return this.#busyWindows > 1;
  }

  /** What this thread takes in its loop is none of the thread pool's: Node 24 polls while Web Locks are waited for. */
  #addThread(): void {
    if (threadUsage === undefined) return;
    const micros = sumOf(threadUsage());
    atomics.add(this.#control, CONTROL.THREAD_MICROS, micros - this.#ofThread);
    this.#ofThread = micros;
  }
}
