/** What an executor and its workers say to each other beside the channels of tasks and results. */
import type { MessagePort } from 'node:worker_threads';
import type { ThreadTarget } from '../threads/threadTarget.js';

/** What a worker of an executor is started with. */
export interface PoolStart {
  /** Its number among the takers of tasks, from 0. */
  readonly number: number;
  /** Channels: tasks for all workers, results of this one. */
  readonly tasks: SharedArrayBuffer;
  readonly results: SharedArrayBuffer;
  readonly bell: SharedArrayBuffer;
  /** For what does not fit into bytes; see {@link LineMessage}. */
  readonly line: MessagePort;
  /** What was said on the lines before. */
  readonly told: readonly LineMessage[];
  readonly initializer: ThreadTarget | undefined;
  readonly initArgs: unknown[];
  /** The id that the recorder knows the executor by. */
  readonly object: number;
}

/**
 * Said before the record that needs it is pushed, and looked for by whoever has taken that: always there then, though
 * neither side's event loop turns.
 */
export type LineMessage =
  | { readonly kind: 'target'; readonly number: number; readonly target: ThreadTarget }
  | { readonly kind: 'buffer'; readonly number: number; readonly buffer: SharedArrayBuffer }
  /** No task needs the buffer any more. */
  | { readonly kind: 'forget'; readonly number: number };

/** The code of a result's record. */
export const RESULT = { DONE: 0, FAILED: 1, BROKEN: 2 } as const;
