/** Which part of an example's run its picture shows. */
import type { ThreadStateName } from '../../src/model/threadState.js';

/** What the lanes of a thread show; `holding` is a band, anything else a state. */
export type Sight = ThreadStateName | 'holding';

/** Some of what a thread shows, or of what all but main show. */
export interface Stretch {
  readonly thread?: string;
  readonly sights: readonly Sight[];
}

export interface Frame {
  /** From where the first of these begins; without it, from the start of the trace. */
  readonly from?: Stretch;
  /** To where the last of these ends; without it, to the end of the trace. */
  readonly to?: Stretch;
  /** Threads under which each lock has a row of its own. */
  readonly locksOf?: readonly string[];
}

const anyWait: readonly Sight[] = ['waiting', 'blocked', 'sleeping', 'parked', 'holding'];

/** Threads take longer to start than most examples take for what they are about. */
const work: Frame = { from: { sights: anyWait } };
const wholeRun: Frame = {};
/** A finding that is an error: as the page opens. */
const asOpened = null;

const exceptions: Readonly<Record<string, Frame | null>> = {
  oneThread: wholeRun,
  oneThreadQueue: wholeRun,
  manyThreads: wholeRun,
  twoPrinters: wholeRun,
  tenDaemons: wholeRun,
  threadClass: wholeRun,
  joinWithTimeout: wholeRun,
  plainUpdate: wholeRun,
  atomicUpdate: wholeRun,
  getInTime: wholeRun,
  seenError: wholeRun,
  pipelineLocks: {
    from: { thread: 'consumer', sights: ['blocked', 'holding'] },
    locksOf: ['producer', 'consumer'],
  },
  lockTwice: asOpened,
  deadlock: asOpened,
  producerLeft: asOpened,
  oneSentinel: asOpened,
};

/** Null: as the page opens. */
export function frameOf(example: string): Frame | null {
  return example in exceptions ? (exceptions[example] as Frame | null) : work;
}
