/**
 * What messages carry beside data: ports, which go on living in another thread, and shared memory. Seen when a message is
 * posted and again when it is received; the payload itself is never changed, and none of its getters is called.
 */
import type { Channels, Direction } from './channels.js';
import type { ThreadRecorder } from './threadRecorder.js';

export class Payloads {
  readonly #recorder: ThreadRecorder;
  readonly #channels: Channels;

  constructor(recorder: ThreadRecorder, channels: Channels) {
    this.#recorder = recorder;
    this.#channels = channels;
  }

  /**
   * A message is about to be posted.
   * @param carrier the direction that it goes into; undefined when nobody knows
   * @param sequence its number there
   * @param transfer the transfer list, or the options that hold one, as the program gave them
   */
  outgoing(carrier: Direction | undefined, sequence: number, message: unknown, transfer: unknown): void {
    void [carrier, sequence, message];
    if (transfer !== undefined) this.#recorder.guard(() => this.#channels.recordTransfers(transfer));
  }

  /** A message was received, before any listener of the program sees it. */
  incoming(carrier: Direction, sequence: number, message: unknown): void {
    void [carrier, sequence, message];
  }
}
