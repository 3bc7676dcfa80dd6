/** What one thread knows of a port: the object of each direction, and how many messages went through it. */
import type { FrameDefinition } from '../../probe/definitions.js';

/** One direction of a channel; its id may be 0 until something is recorded of it. */
export interface Direction {
  id: number;
  readonly stack: number;
  /** In place of a stack: it was made before the recording began. */
  readonly early?: readonly FrameDefinition[];
  /** Of a broadcast channel, or of a worker's standard stream. */
  readonly name?: string;
  /** Undefined: nobody knows, because the port was handed on. */
  from: number | undefined;
  to: number | undefined;
  /** `false`: it has an id, and is to be made known with its first event. */
  isDefined?: boolean;
  /** Its receiver was seen to take nothing any more. */
  isClosed?: boolean;
}

export interface PortState {
  readonly out: Direction;
  readonly in: Direction;
  posted: number;
  received: number;
  isListening: boolean;
  /** It sends to all others of its name, so that a number says nothing of who has sent. */
  isBroadcast: boolean;
  /** The port lives on elsewhere, and this object of it is dead. */
  isHandedOn: boolean;
  /** What was posted before the recording began and comes next: nothing is written of these. */
  unrecorded: number;
}

export function newPortState(out: Direction, into: Direction): PortState {
  const flags = { isListening: false, isBroadcast: false, isHandedOn: false };
  return { out, in: into, posted: 0, received: 0, ...flags, unrecorded: 0 };
}
