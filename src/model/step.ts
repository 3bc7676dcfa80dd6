import type { Nanos } from '../base/brand.js';
import type { Wait } from './intervals.js';
import type { Model } from './model.js';
import type { ThreadModel } from './threadModel.js';

/** The event that is being read. One object serves for all: nothing may keep it. */
export interface EventCursor {
  t: Nanos;
  op: number;
  thread: ThreadModel;
  object: number;
  stack: number;
  sampled: boolean;
  arg: number;
  extra: number;
  /** The wait that this event ended, or null. */
  ended: Wait | null;
}

/** What an operation changes. */
export type Step = (model: Model, event: EventCursor) => void;
