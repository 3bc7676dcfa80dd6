/**
 * Whether somebody computes whom no list of Node's names: jobs of the thread pool (crypto, zlib, native modules) wake the
 * loop that started them, and all that is seen of them is the processor time that the whole process takes.
 */
import { CONTROL } from '../probe/ring.js';
import { now } from './raw.js';

/** On a machine with ten times more to do than it can, a job still gets its share within this time. */
const WINDOW_MS = 1000;
/** What the recorder takes of a processor while all threads rest: measured are 0.01, and 0.002 for each thread. */
const OWN_SHARE = 0.015;
const OWN_SHARE_PER_THREAD = 0.004;

const cpuUsage = process.cpuUsage.bind(process);

export class ProcessWork {
  readonly #control: Int32Array;
  #since = now();
  #micros = usedMicros();
  /** Windows in a row in which somebody did. */
  #busyWindows = 0;

  constructor(control: SharedArrayBuffer) {
    this.#control = new Int32Array(control);
  }

  /**
   * In the last two windows that are over: V8 collects garbage in a process that rests, every few seconds and for less than
   * one window. To be asked often.
   */
  isComputing(): boolean {
    const time = now();
    const elapsed = time - this.#since;
    if (elapsed < WINDOW_MS) return this.#busyWindows > 1;
    const micros = usedMicros();
    const share = (micros - this.#micros) / (elapsed * 1000);
    const isBusy = share > OWN_SHARE + OWN_SHARE_PER_THREAD * (this.#control[CONTROL.THREADS] ?? 0);
    this.#busyWindows = isBusy ? this.#busyWindows + 1 : 0;
    this.#since = time;
    this.#micros = micros;
    return this.#busyWindows > 1;
  }
}

function usedMicros(): number {
  const { user, system } = cpuUsage();
  return user + system;
}
