/**
 * What the recorder knows of a message port: the object of each direction, and how many messages went through it. The
 * payload is never touched: both sides count, and the numbers match because ports deliver in order.
 */
import type { MessagePort } from 'node:worker_threads';
import type { FrameDefinition } from '../../probe/definitions.js';
import { OwnWeakMap } from '../ownCollections.js';
import { EarlyBroadcasts } from './earlyBroadcasts.js';
import type { Direction, PortState } from './portState.js';
import { newPortState } from './portState.js';
import { ownVisibleId } from '../threadIds.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { WorkerStreams } from './workerStreams.js';

export class Channels {
  readonly #recorder: ThreadRecorder;
  readonly #ports = new OwnWeakMap<object, PortState>();
  /** The standard streams of workers, which share one port of Node's own. */
  readonly streams = new WorkerStreams();
  readonly earlyBroadcasts = new EarlyBroadcasts();

  constructor(recorder: ThreadRecorder) {
    this.#recorder = recorder;
    recorder.onOwnPort = (port) => this.#ports.delete(port);
  }

  /** @param port a port, or what stands for one: a worker, a broadcast channel */
  stateOf(port: object): PortState | undefined {
    return this.#ports.get(port);
  }

  bind(port: MessagePort, out: Direction, into: Direction): PortState {
    const state = newPortState(out, into);
    this.#ports.set(port, state);
    return state;
  }

  /** Another object that a program names the same end by. */
  alias(object: object, state: PortState): void {
    this.#ports.set(object, state);
  }

  /** Both ports of a channel that this thread made. Its objects become known with the first event. */
  bindPair(port1: MessagePort, port2: MessagePort, stack: number, early: readonly FrameDefinition[] = []): void {
    const own = ownVisibleId();
    const there: Direction = { id: 0, stack, early, from: own, to: own };
    const back: Direction = { id: 0, stack, early, from: own, to: own };
    this.bind(port1, there, back);
    this.bind(port2, back, there);
  }

  /** The object's id of a direction. The recorder is open. */
  objectOf(direction: Direction): number {
    const id = this.idOf(direction);
    if (direction.isDefined === false) this.define(direction);
    return id;
  }

  /** Its id, without making it known. The recorder is open. */
  idOf(direction: Direction): number {
    if (direction.id === 0) {
      direction.id = this.#recorder.nextObject();
      direction.isDefined = false;
    }
    return direction.id;
  }

  define(direction: Direction): void {
    direction.isDefined = true;
    const { early = [] } = direction;
    this.#recorder.define({
      kind: 'object',
      id: direction.id,
      objectKind: 'port',
      name: direction.name ?? null,
      stack: direction.stack === 0 && early.length > 0 ? this.#recorder.defineFrames(early) : direction.stack,
      thread: ownVisibleId(),
      capacity: null,
      ...(direction.from !== undefined && { from: direction.from }),
      ...(direction.to !== undefined && { to: direction.to }),
    });
  }
}
