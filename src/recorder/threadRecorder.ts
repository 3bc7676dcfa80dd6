/** What one thread records with: dormant until its first event, then a ring, a definition port and the call sites. */
import type { Definition, FrameDefinition } from '../probe/definitions.js';
import type { RecorderSettings } from '../probe/settings.js';
import { CONTROL, RING_STATE } from '../probe/ring.js';
import { NO_TIMEOUT, OP } from '../trace/ops.js';
import { errorFrames } from './errorFrames.js';
import { waitsForRequest } from './locks/callbackWaits.js';
import { apply, atomics, postMessage } from './raw.js';
import { RingWriter } from './ringWriter.js';
import { DEFAULT_SITE_BUDGET } from './settings.js';
import { isAttempt } from './sites/capturePolicy.js';
import type { NumberedCode } from './sites/numberedCode.js';
import { SiteChooser } from './sites/siteChooser.js';
import { StackCapture } from './sites/stackCapture.js';
import { stderrLine } from './stderrLine.js';
import { ownVisibleId } from './threadIds.js';
import type { MessagePort, Transferable } from 'node:worker_threads';

/** The shared memory of a thread that records. */
export interface Connection {
  readonly control: SharedArrayBuffer;
  readonly ring: SharedArrayBuffer;
  readonly port: MessagePort;
}

interface Open {
  readonly connection: Connection;
  readonly control: Int32Array;
  readonly ring: RingWriter;
  readonly sites: SiteChooser;
}

type Skip = (...args: never[]) => unknown;

export class ThreadRecorder {
  readonly #settings: RecorderSettings;
  readonly #connect: () => Connection | null;
  readonly #code: NumberedCode | null;
  #open: Open | null = null;
  #isOff = false;
  #isConnecting = false;
  readonly #strings = new Map<string, number>();
  readonly #stacks: StackCapture;
  readonly #whenOpen: (() => void)[] = [];
  /** Told of the library's ports: set by whoever knows of ports. */
  onOwnPort: (port: object) => void = () => {};
  /** Events written so far: a sampler asks whether anything happened. */
  eventCount = 0;

  /**
   * @param connect gives the thread its ring when its first event comes; null when nothing can be recorded
   * @param ownFile the recorder's own file, which is never a call site
   * @param code the files whose calls are numbered; null where none are
   */
  constructor(
    settings: RecorderSettings,
    ownFile: string,
    connect: () => Connection | null,
    code: NumberedCode | null = null,
  ) {
    this.#settings = settings;
    this.#connect = connect;
    this.#code = code;
    this.#stacks = new StackCapture(ownFile, (frames) => this.#defineStack(frames), code);
  }

  /** Something is recorded already: the process is threaded. */
  get isOpen(): boolean {
    return this.#open !== null && !this.#isOff;
  }

  get isOff(): boolean {
    return this.#isOff || (this.#open !== null && atomics.load(this.#open.control, CONTROL.OFF) !== 0);
  }

  get connection(): Connection | null {
    return this.#open?.connection ?? null;
  }

  /** Called once the thread records; at once when it does already. */
  onOpen(listener: () => void): void {
    if (this.#open) listener();
    else this.#whenOpen.push(listener);
  }

  /** Starts recording if it has not started. False: nothing is recorded. */
  open(): boolean {
    if (this.isOff || this.#isConnecting) return false;
    if (this.#open) return true;
    this.#isConnecting = true;
    try {
      const connection = this.#connect();
      if (!connection) {
        this.#isOff = true;
        return false;
      }
      const control = new Int32Array(connection.control);
      const ring = new RingWriter(connection.ring, control, this.#settings.whenFull ?? 'wait');
      ring.setState(RING_STATE.OPEN);
      const { siteBudget = DEFAULT_SITE_BUDGET, sites: way } = this.#settings;
      const sites = new SiteChooser(this.#stacks, siteBudget, way, this.#code);
      this.#open = { connection, control, ring, sites };
    } finally {
      this.#isConnecting = false;
    }
    for (const listener of this.#whenOpen.splice(0)) listener();
    return true;
  }

  /** Runs a piece of the recorder inside the program: whatever fails in it ends the recording, not the program. */
  guard<T>(piece: () => T): T | undefined {
    if (this.isOff) return undefined;
    try {
      return piece();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  fail(error: unknown): void {
    this.#isOff = true;
    const control = this.#open?.control;
    if (control && atomics.compareExchange(control, CONTROL.OFF, 0, 1) !== 0) return;
    this.#open?.ring.ringBell();
    stderrLine(`recording stopped: ${messageOf(error)}`);
  }

  /** Writes an event whose call site is above the function `skip`. Must not throw. */
  record(op: number, object: number, arg: number, extra: number, skip: Skip): void {
    try {
      if (this.#open === null && !this.open()) return;
      const { ring, sites, control } = this.#open as Open;
      if (this.#isOff || control[CONTROL.OFF] !== 0) return;
      const time = ring.begin();
      if (time < 0) return;
      const wokeSomebody = op === OP['word.notify'] && arg > 0;
      const known = wokeSomebody ? 0 : sites.known(op);
      const stack = known === 0 ? sites.choose(op, object, wokeSomebody, skip, time) : known;
      ring.finish(time, op, object, stack, arg, extra);
      this.eventCount++;
      if (extra === NO_TIMEOUT && isAttempt(op)) ring.ringBell();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Writes an event with a stack that is known, or 0. */
  recordAt(op: number, object: number, stack: number, arg = NaN, extra = 0): void {
    try {
      if (this.#open === null && !this.open()) return;
      if (this.isOff) return;
      (this.#open as Open).ring.write(op, object, stack, arg, extra);
      this.eventCount++;
    } catch (error) {
      this.fail(error);
    }
  }

  /** Writes `thread.fail` with the place where an error was thrown. */
  recordFailure(error: unknown): void {
    const isError = error instanceof Error;
    const frames = isError && typeof error.stack === 'string' ? errorFrames(error.stack) : [];
    const stack = this.defineFrames(frames.filter(({ script }) => !this.#stacks.isSkipped(script)));
    this.recordAt(OP['thread.fail'], ownVisibleId(), stack, this.string(isError ? error.name : typeof error));
  }

  captureStack(skip: Skip): number {
    return this.open() ? this.#stacks.capture(skip) : 0;
  }

  /** The object was made in the call that writes this event next. */
  madeAt(op: number, object: number, stack: number): void {
    this.#open?.sites.madeAt(op, object, stack);
  }

  /** Where something is made that programs may make by the thousand: 0 once the thread's budget is spent. */
  captureWithinBudget(skip: Skip): number {
    return this.open() ? (this.#open as Open).sites.captureWithinBudget(skip) : 0;
  }

  /** The function waits for the request whose stack was captured last, as far as the code's text says. */
  waitsForCaptured(callback: unknown): boolean {
    return this.#code !== null && waitsForRequest(callback, this.#code, this.#stacks);
  }

  /** Numbers frames that come from elsewhere, such as an error's stack. */
  defineFrames(frames: readonly FrameDefinition[]): number {
    return frames.length > 0 && this.open() ? this.#defineStack(frames) : 0;
  }

  nextObject(): number {
    return this.#next(CONTROL.OBJECTS);
  }

  define(definition: Definition, transfer: readonly Transferable[] = []): void {
    const port = (this.#open as Open).connection.port;
    apply(postMessage, port, transfer.length > 0 ? [definition, transfer] : [definition]);
  }

  string(text: string): number {
    if (!this.open()) return 0;
    let id = this.#strings.get(text);
    if (id === undefined) {
      id = this.#next(CONTROL.STRINGS);
      this.#strings.set(text, id);
      this.define({ kind: 'string', id, text });
    }
    return id;
  }

  /** Frames of this file are never call sites. */
  skipFile(path: string): void {
    this.#stacks.skip(path);
  }

  ringBell(): void {
    this.#open?.ring.ringBell();
  }

  setState(state: number): void {
    this.#open?.ring.setState(state);
  }

  #next(word: number): number {
    return atomics.add((this.#open as Open).control, word, 1) + 1;
  }

  #defineStack(frames: readonly FrameDefinition[]): number {
    const id = this.#next(CONTROL.STACKS);
    this.define({ kind: 'stack', id, frames });
    return id;
  }
}

/** What was thrown may be the program's, which may throw again when it is asked. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'it failed';
  }
}
