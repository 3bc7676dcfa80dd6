/**
 * The shapes of the tests and demonstrations of Java's search for deadlocks (`ThreadMXBean.findDeadlockedThreads`,
 * `findMonitorDeadlockedThreads`): monitors, which are re-entrant, and locks with an owner.
 */
import { usedBefore, type Scenario } from './scenario.js';

const monitors = { a: 'rlock', b: 'rlock', c: 'rlock', d: 'rlock' } as const;

export const java: readonly Scenario[] = [
  {
    name: 'two monitors',
    kinds: monitors,
    steps: `
      1 takes a @11
      2 takes b @21
      1 asks b @12
      2 asks a @22`,
    expected: ['deadlock certain, 11 12 21 22'],
  },
  {
    name: 'three monitors, and a thread that waits behind them',
    kinds: monitors,
    steps: `
      1 takes a @11
      2 takes b @21
      3 takes c @31
      1 asks b @12
      2 asks c @22
      3 asks a @32
      4 asks a @42`,
    expected: ['deadlock certain, 11 12 21 22 31 32'],
  },
  {
    name: 'two circles at the same time',
    kinds: monitors,
    steps: `
      1 takes a @11
      2 takes b @21
      3 takes c @31
      4 takes d @41
      1 asks b @12
      2 asks a @22
      3 asks d @32
      4 asks c @42`,
    expected: ['deadlock certain, 11 12 21 22', 'deadlock certain, 31 32 41 42'],
  },
  {
    name: 'a monitor and a lock with an owner',
    kinds: { a: 'rlock', b: 'lock' },
    steps: `${usedBefore('b')}
      1 takes a @11
      2 takes b @21
      1 asks b @12
      2 asks a @22`,
    expected: ['deadlock certain, 11 12 21 22'],
  },
  {
    name: 'the write locks of two read-write locks',
    kinds: { a: 'rwlock', b: 'rwlock' },
    steps: `${usedBefore('a', 'b')}
      1 takes a @11
      2 takes b @21
      1 asks b @12
      2 asksToRead a @22`,
    expected: ['deadlock certain, 11 12 21 22'],
  },
  {
    name: 'monitors that are taken again and again',
    kinds: monitors,
    steps: `
      1 takes a @11
      1 takes a @12 {"arg":2}
      2 takes b @21
      1 asks b @13
      2 takes b @22 {"arg":2}
      2 asks a @23`,
    expected: ['deadlock certain, 11 13 21 23'],
  },
  {
    name: 'a thread that joins one which waits for its monitor',
    kinds: monitors,
    steps: `
      0 takes a @1
      0 starts 1 @2
      1 asks a @11
      0 joins 1 @3`,
    expected: ['deadlock certain, 1 3 11'],
  },
  {
    name: 'a thread that holds a monitor and sleeps',
    kinds: monitors,
    steps: `
      1 takes a @11
      1 sleep.begin @12 {"arg":60000}
      2 asks a @21`,
    expected: [],
  },
  {
    name: 'a monitor is given up to wait in it',
    kinds: monitors,
    steps: `
      1 takes a @11
      1 condition.wait wake @12 {"arg":1}
      2 takes a @21
      2 condition.notify wake @22 {"arg":1}
      2 gives a @23
      1 condition.woken wake @12
      1 takes a @12
      1 gives a @13`,
    expected: [],
    isOver: true,
  },
  {
    name: 'nested monitors: it waits in the inner one with the outer one in its hands',
    kinds: monitors,
    steps: `
      2 takes a @20
      2 takes b @21
      2 condition.notify wake @22 {"arg":0}
      2 gives b @23
      2 gives a @24
      1 takes a @11
      1 takes b @12
      1 condition.wait wake @13 {"arg":2}
      2 asks a @20`,
    expected: ['deadlock certain, 11 13 20 22'],
  },
];
