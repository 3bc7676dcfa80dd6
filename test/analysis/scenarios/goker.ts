/**
 * The classes of deadlocks in GoKer, the kernels of real bugs of GoBench (Yuan et al., CGO 2021): resource deadlocks
 * (double locking, AB-BA, RWR), communication deadlocks (channel, condition variable), mixed ones (channel and lock, wait
 * group). A channel is a queue here, a wait group the tasks of a queue. Beside each stands a program that is well.
 */
import { usedBefore, type Scenario } from './scenario.js';

const rw = { m: 'rwlock' } as const;
const channel = { c: { kind: 'queue', capacity: 1 } } as const;

export const goker: readonly Scenario[] = [
  {
    name: 'double locking, in a function that is called with the lock held',
    steps: `${usedBefore('m')}
      1 takes m @11
      1 asks m @12
      0 joins 1 @3`,
    expected: ['self-deadlock certain, 11 12'],
  },
  {
    name: 'double locking, mended: given back before the call',
    steps: `${usedBefore('m')}
      1 takes m @11
      1 gives m @12
      1 takes m @13
      1 gives m @14
      1 ends @15
      0 joined 1 @3`,
    expected: [],
  },
  {
    name: 'a return without an unlock',
    steps: `${usedBefore('m')}
      1 takes m @11
      1 ends @13
      2 asks m @21`,
    expected: ['abandoned-lock certain, 11 13 21'],
  },
  {
    name: 'AB-BA',
    steps: `${usedBefore('a', 'b')}
      1 takes a @11
      2 takes b @21
      1 asks b @12
      2 asks a @22`,
    expected: ['deadlock certain, 11 12 21 22'],
  },
  {
    name: 'AB-BA, got through once',
    steps: `
      1 takes a @11
      1 takes b @12
      1 gives b @13
      1 gives a @14
      2 takes b @21
      2 takes a @22
      2 gives a @23
      2 gives b @24`,
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'AB-BA, one of them with a timeout',
    steps: `${usedBefore('a', 'b')}
      1 takes a @11
      2 takes b @21
      1 asks b @12
      2 asksInTime a @22`,
    expected: [],
  },
  {
    name: 'RWR: a reader reads again behind a writer',
    kinds: rw,
    steps: `${usedBefore('m')}
      1 reads m @11
      2 asks m @21
      1 asksToRead m @12`,
    // The writer in between is why a second read cannot come in.
    expected: ['self-deadlock certain, 11 12 21'],
  },
  {
    name: 'RWR, the writer gives up in time',
    kinds: rw,
    steps: `${usedBefore('m')}
      1 reads m @11
      2 asksInTime m @21
      1 asksToRead m @12`,
    expected: [],
  },
  {
    name: 'RWR over two locks',
    kinds: { a: 'rwlock', b: 'rwlock' },
    steps: `${usedBefore('a', 'b')}
      1 reads a @11
      2 reads b @21
      1 asks b @12
      2 asks a @22`,
    expected: ['deadlock certain, 11 12 21 22'],
  },
  {
    name: 'readers in both orders',
    kinds: { a: 'rwlock', b: 'rwlock' },
    steps: `
      1 reads a @11
      2 reads b @21
      1 reads b @12
      2 reads a @22
      1 gives b @13
      1 gives a @14
      2 gives a @23
      2 gives b @24`,
    expected: [],
    isOver: true,
  },
  {
    name: 'channel and lock: it sends with the lock that the receiver needs',
    kinds: channel,
    steps: `${usedBefore('m')}
      1 queue.putDone c @13
      2 queue.getDone c @21
      1 takes m @11
      1 queue.putDone c @13
      1 queue.put c @13
      2 asks m @22
      0 joins 1 @3`,
    expected: ['deadlock certain, 11 13 21 22'],
  },
  {
    name: 'channel and lock, mended: it sends without the lock',
    kinds: channel,
    steps: `${usedBefore('m')}
      1 takes m @11
      1 gives m @12
      1 queue.putDone c @13
      1 queue.put c @13
      2 takes m @22
      2 gives m @23
      2 queue.getDone c @21
      1 queue.putDone c @13
      2 queue.getDone c @21`,
    expected: [],
  },
  {
    name: 'a channel whose only receiver has failed',
    kinds: channel,
    steps: `
      1 queue.putDone c @11
      2 queue.getDone c @21
      2 thread.fail 2 @22 {"arg":"Error"}
      2 thread.end 2 @22 {"arg":1}
      1 queue.putDone c @11
      1 queue.put c @11
      0 joins 1 @3`,
    expected: ['blocked-forever certain, 11 21 22'],
  },
  {
    name: 'a channel that is closed before anybody receives',
    kinds: channel,
    steps: `
      1 queue.putDone c @11
      2 queue.getDone c @21
      1 queue.close c @12
      2 queue.refused c @21 {"arg":"closed"}`,
    expected: [],
  },
  {
    name: 'a condition whose signal came before the wait',
    steps: `
      2 takes m @21
      2 condition.notify c @22 {"arg":0}
      2 gives m @23
      2 ends @24
      1 takes m @11
      1 gives m @12
      1 condition.wait c @12
      0 joins 1 @3`,
    expected: ['lost-wakeup certain, 12 22'],
    asYet: ['blocked-forever certain, 12 22 24'],
  },
  {
    name: 'a condition that is signalled',
    steps: `
      1 takes m @11
      1 gives m @12
      1 condition.wait c @12
      2 takes m @21
      2 condition.notify c @22 {"arg":1}
      2 gives m @23
      1 condition.woken c @12`,
    expected: [],
  },
  {
    name: 'a wait group that misses a done',
    kinds: { group: 'queue' },
    steps: `
      0 queue.putDone group @1
      0 queue.putDone group @2
      1 queue.getDone group @11
      1 queue.taskDone group @12
      1 ends @13
      2 queue.getDone group @21
      2 thread.fail 2 @22 {"arg":"Error"}
      2 thread.end 2 @22 {"arg":1}
      0 queue.join group @3`,
    expected: ['blocked-forever certain, 3 12 13 22'],
    // Who took a task and failed with it is not told.
    asYet: ['blocked-forever certain, 3 12 13'],
  },
  {
    name: 'a wait group that is waited for with the lock that its tasks need',
    kinds: { group: 'queue' },
    steps: `${usedBefore('m')}
      0 queue.putDone group @1
      0 queue.putDone group @1
      1 queue.getDone group @11
      1 queue.taskDone group @13
      1 queue.getDone group @11
      0 takes m @2
      0 queue.join group @3
      1 asks m @12`,
    expected: ['deadlock certain, 2 3 12 13'],
  },
  {
    name: 'a wait group whose tasks are done',
    kinds: { group: 'queue' },
    steps: `
      0 queue.putDone group @1
      1 queue.getDone group @11
      0 queue.join group @3
      1 queue.taskDone group @12
      0 queue.joined group @3
      1 ends @13
      0 joined 1 @4`,
    expected: [],
  },
];
