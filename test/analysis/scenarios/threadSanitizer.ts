/**
 * The shapes of ThreadSanitizer's tests of its deadlock detector (LLVM, compiler-rt: the unit tests of its graph, and
 * `mutex_cycle*`, `deadlock_detector_stress_test`).
 */
import { inTurn, type Scenario } from './scenario.js';

/** Two threads: one takes the locks in the order of the letters, the other in the opposite one. */
function chains(forwards: string, backwards: string): string {
  return [forwards, backwards]
    .map((locks, index) => {
      const thread = index + 1;
      const takes = [...locks].map((lock, at) => `${thread} takes ${lock} @${thread * 10 + at + 1}`);
      const gives = [...locks].reverse().map((lock) => `${thread} gives ${lock}`);
      return [...takes, ...gives].join('\n');
    })
    .join('\n');
}

export const threadSanitizer: readonly Scenario[] = [
  {
    name: 'a cycle of two',
    steps: inTurn('AB BA'),
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'a cycle of four',
    steps: inTurn('AB BC CD DA'),
    expected: ['lock-order-inversion possible, 11 12 21 22 31 32 41 42'],
    isOver: true,
  },
  {
    name: 'a long chain without a cycle',
    steps: inTurn('AB BC CD DE EF FG GH AH BH AD'),
    expected: [],
    isOver: true,
  },
  {
    name: 'three at a time, the outer two turned round',
    steps: chains('ABC', 'BAC'),
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'three at a time, behind the same outer lock',
    steps: chains('ABC', 'ACB'),
    expected: [],
    isOver: true,
  },
  {
    name: 'opposite orders with many locks made and used in between',
    steps: `${inTurn('AB')}
      ${Array.from({ length: 300 }, (_, lock) => `3 takes x${lock} @31\n3 gives x${lock}`).join('\n')}
      2 takes B @21
      2 takes A @22
      2 gives A
      2 gives B`,
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'a private lock of each thread around a common one',
    steps: inTurn('XC YC ZC'),
    expected: [],
    isOver: true,
  },
  {
    name: 'a common lock around a private one of each thread',
    steps: inTurn('CX CY CZ'),
    expected: [],
    isOver: true,
  },
  {
    name: 'the second lock by a try',
    steps: inTurn('AB BA', ['takes', 'tries']),
    expected: [],
    isOver: true,
  },
  {
    name: 'the first lock by a try',
    steps: inTurn('AB BA', ['tries', 'takes']),
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'read-write locks: one reads where the other writes',
    kinds: { A: 'rwlock', B: 'rwlock' },
    steps: `
      1 reads A @11
      1 takes B @12
      1 gives B
      1 gives A
      2 reads B @21
      2 takes A @22
      2 gives A
      2 gives B`,
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'read-write locks: the circle has a link of readers only',
    kinds: { A: 'rwlock', B: 'rwlock' },
    steps: `
      1 takes A @11
      1 reads B @12
      1 gives B
      1 gives A
      2 reads B @21
      2 takes A @22
      2 gives A
      2 gives B`,
    expected: [],
    isOver: true,
  },
  {
    name: 'a gate that both only read',
    kinds: { G: 'rwlock' },
    steps: `
      1 reads G @10
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      1 gives G
      2 reads G @20
      2 takes B @21
      2 takes A @22
      2 gives A
      2 gives B
      2 gives G`,
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'a gate that one of them writes',
    kinds: { G: 'rwlock' },
    steps: `
      1 reads G @10
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      1 gives G
      2 takes G @20
      2 takes B @21
      2 takes A @22
      2 gives A
      2 gives B
      2 gives G`,
    expected: [],
    isOver: true,
  },
  {
    name: 'a recursive lock around another, and inside it again',
    kinds: { A: 'rlock' },
    steps: `
      1 takes A @11
      1 takes B @12
      1 takes A @13 {"arg":2}
      1 gives A @14 {"arg":1}
      1 gives B
      1 gives A
      2 takes A @21
      2 takes B @22
      2 gives B
      2 gives A`,
    expected: [],
    isOver: true,
  },
  {
    name: 'one thread takes both orders',
    steps: `
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      1 takes B @13
      1 takes A @14
      1 gives A
      1 gives B`,
    expected: [],
    isOver: true,
  },
];
