// Which examples there are, in the order to read them in, and how they are recorded. What an example is about stands at
// its top: a summary, then what its timeline shows ("Picture:") and what `threadlanes check` says of it ("Verdict:").
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));

/** For those that hang: the watchdog ends them. */
const hangs = ['--on-deadlock', 'end'];
/** For those whose loads count. */
const memory = ['--memory'];

/** Title, folder, and the examples with the flags of `threadlanes record` that they need. */
const chapters = [
  [
    'Threads',
    'threads',
    {
      oneThread: [],
      manyThreads: [],
      namedThreads: [],
      twoPrinters: [],
      tenDaemons: [],
      threadClass: [],
      joinWithTimeout: [],
    },
  ],
  ['Shared memory', 'memory', { plainUpdate: memory, lostUpdate: memory, lockedUpdate: memory, atomicUpdate: memory }],
  [
    'Locks',
    'locks',
    {
      gate: [],
      fakeDatabase: memory,
      fakeDatabaseLocked: memory,
      lockTwice: hangs,
      rlockTwice: [],
      timedAcquire: [],
      readersAndWriter: [],
      deadlock: hangs,
    },
  ],
  [
    'Signals',
    'signals',
    { waitForData: [], stopLoop: [], startingShot: [], ctrlC: [], pickUp: [], threeSeats: [], meetingPoint: [] },
  ],
  [
    'Queues',
    'queues',
    {
      oneThreadQueue: [],
      producerConsumer: [],
      pipelineLocks: [],
      pipelineQueue: [],
      producerLeft: hangs,
      queueCircle: [],
      inAndOut: [],
      getInTime: [],
      itemsLeft: [],
      sentinels: [],
      oneSentinel: hangs,
      taskDone: [],
      lifo: [],
      priority: [],
    },
  ],
  ['Pools', 'pools', { poolMap: [], poolSubmit: [], poolMethod: [], hiddenError: [], seenError: [] }],
  ['Downloads', 'downloads', { savePages: [], fileGetter: [], getterPool: [] }],
];

/** An example's `file` is relative to this folder's parent, as verdicts name it. */
export const CHAPTERS = chapters.map(([title, path, flagsByName]) => ({
  title,
  folder: path,
  examples: Object.entries(flagsByName).map(([name, flags]) => ({ name, flags, file: `examples/${path}/${name}.mts` })),
}));

export const EXAMPLES = CHAPTERS.flatMap(({ examples }) => examples);

/** The three parts of what stands at an example's top, each in one line. */
export function headerOf({ file }) {
  const text = readFileSync(join(folder, '..', file), 'utf8');
  const comment = text.slice(0, text.indexOf('*/')).replace(/^\s*(\/\*)?\* ?/gm, '');
  const [, summary, picture, verdict] =
    /^([^]*?)\n\s*Picture: ([^]*?)\n\s*Verdict: ([^]*)$/
      .exec(comment.trim())
      ?.map((part) => part.replace(/\s+/g, ' ').trim()) ?? [];
  if (verdict === undefined) throw new Error(`${file} does not begin with a summary, "Picture:" and "Verdict:"`);
  return { summary, picture, verdict };
}
