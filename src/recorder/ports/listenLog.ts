/** Writes who listens. What was begun before the recording is written when that begins. */
import { OP } from '../../trace/ops.js';
import type { FrameDefinition } from '../../probe/definitions.js';
import type { Channels } from './channels.js';
import type { PortState } from './portState.js';
import { earlyFrames } from './earlyFrames.js';
import { now } from '../raw.js';
import type { ThreadRecorder } from '../threadRecorder.js';

interface EarlyListen {
  readonly state: PortState;
  readonly frames: readonly FrameDefinition[];
  /** It ends with the port only. */
  readonly isLasting: boolean;
}

/** The operand has 32 bits. */
const MAX_MICROS = 0x7fffffff;

type Skip = (...args: never[]) => unknown;

export class ListenLog {
  readonly #recorder: ThreadRecorder;
  readonly #channels: Channels;
  #early: EarlyListen[] = [];

  constructor(recorder: ThreadRecorder, channels: Channels) {
    this.#recorder = recorder;
    this.#channels = channels;
    recorder.onOpen(() => this.#writeEarly());
  }

  /** The program listens from now on. */
  begin(state: PortState, skip: Skip): void {
    if (this.#recorder.isOpen) this.#write(state, 0, skip);
    else this.#early.push({ state, frames: earlyFrames(skip), isLasting: false });
  }

  /**
   * Node itself listens, until it is closed, and the program may do so beside.
   * @param since milliseconds: when it may have begun
   */
  beginForGood(state: PortState, skip: Skip, since: number): void {
    if (this.#recorder.isOpen) this.#write(state, Math.min(Math.ceil((now() - since) * 1000), MAX_MICROS), skip);
    else this.#early.push({ state, frames: earlyFrames(skip), isLasting: true });
  }

  #write(state: PortState, micros: number, skip: Skip): void {
    this.#recorder.record(OP['port.listen'], this.#channels.objectOf(state.in), this.#replyOf(state), micros, skip);
  }

  end(state: PortState): void {
    if (this.#recorder.isOpen) this.#recorder.recordAt(OP['port.unlisten'], this.#channels.objectOf(state.in), 0);
    else this.#early = this.#early.filter((listen) => listen.state !== state || listen.isLasting);
  }

  /** The port is closed. */
  forget(state: PortState): void {
    if (this.#early.length > 0) this.#early = this.#early.filter((listen) => listen.state !== state);
  }

  /** Which object the same end posts into: a broadcast does not come back to its sender. */
  #replyOf({ out, isBroadcast }: PortState): number {
    return isBroadcast ? this.#channels.idOf(out) : NaN;
  }

  #writeEarly(): void {
    for (const { state, frames } of this.#early.splice(0)) {
      const object = this.#channels.objectOf(state.in);
      const stack = frames.length > 0 ? this.#recorder.defineFrames(frames) : 0;
      this.#recorder.recordAt(OP['port.listen'], object, stack, this.#replyOf(state));
    }
  }
}
