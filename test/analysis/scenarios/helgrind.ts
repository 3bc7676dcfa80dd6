/** The shapes of Helgrind's tests of lock orders (Valgrind, helgrind/tests: `tc13_laog1`, `tc14_laog_dinphils`, `tc15_laog_lockdel`, …). */
import { inTurn, usedBefore, type Scenario } from './scenario.js';

/** Philosopher n takes fork n, then the next one. */
function philosophers(count: number, isLastTurned: boolean): string {
  return Array.from({ length: count }, (_, at) => {
    const forks = [`f${at}`, `f${(at + 1) % count}`];
    const [first, second] = isLastTurned && at === count - 1 ? forks.reverse() : forks;
    const thread = at + 1;
    return `
      ${thread} takes ${first} @${thread * 10 + 1}
      ${thread} takes ${second} @${thread * 10 + 2}
      ${thread} gives ${second}
      ${thread} gives ${first}`;
  }).join('');
}

const linesOf = (count: number): string => Array.from({ length: count }, (_, at) => `${at + 1}1 ${at + 1}2`).join(' ');

export const helgrind: readonly Scenario[] = [
  {
    name: 'two locks in the wrong order',
    steps: inTurn('AB BA'),
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'a circle of three, told once',
    steps: inTurn('AB BC CA AB BC CA'),
    expected: ['lock-order-inversion possible, 11 12 21 22 31 32'],
    isOver: true,
  },
  {
    name: 'five philosophers who dine',
    steps: philosophers(5, false),
    expected: [`lock-order-inversion possible, ${linesOf(5)}`],
    isOver: true,
  },
  {
    name: 'five philosophers, the last takes the other fork first',
    steps: philosophers(5, true),
    expected: [],
    isOver: true,
  },
  {
    name: 'five philosophers with a fork in the hand of each',
    steps: `${usedBefore('f0', 'f1', 'f2', 'f3', 'f4')}
      ${[1, 2, 3, 4, 5].map((thread) => `${thread} takes f${thread - 1} @${thread}1`).join('\n')}
      ${[1, 2, 3, 4, 5].map((thread) => `${thread} asks f${thread % 5} @${thread}2`).join('\n')}`,
    expected: [`deadlock certain, ${linesOf(5)}`],
  },
  {
    name: 'another lock in the place of one that is gone',
    steps: `
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      2 takes B @21
      2 takes A2 @22
      2 gives A2
      2 gives B`,
    expected: [],
    isOver: true,
  },
  {
    name: 'the order is turned round after all threads of the first were joined',
    steps: `
      0 starts 1 @1
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      1 ends @13
      0 joined 1 @2
      0 takes B @3
      0 takes A @4
      0 gives A
      0 gives B`,
    expected: [],
    isOver: true,
  },
  {
    name: 'the order is turned round after a message',
    steps: `
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      1 queue.putDone done @13 {"arg":0}
      2 queue.get done @20
      2 queue.getDone done @20 {"arg":0}
      2 takes B @21
      2 takes A @22
      2 gives A
      2 gives B`,
    expected: [],
    isOver: true,
  },
  {
    name: 'the order is turned round after a flag that was set before anybody had to wait for it',
    steps: `
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      1 event.set ready @13
      2 event.woken ready @20
      2 takes B @21
      2 takes A @22
      2 gives A
      2 gives B`,
    expected: [],
    isOver: true,
  },
  {
    name: 'the order is turned round after a flag that was set before the locks',
    steps: `
      1 event.set ready @10
      1 takes A @11
      1 takes B @12
      1 gives B
      1 gives A
      2 event.woken ready @20
      2 takes B @21
      2 takes A @22
      2 gives A
      2 gives B`,
    expected: ['lock-order-inversion possible, 11 12 21 22'],
    isOver: true,
  },
  {
    name: 'a thread that ends with a lock in its hands',
    steps: `
      1 takes A @11
      1 ends @12
      0 joined 1 @2
      0 asks A @3`,
    expected: ['abandoned-lock certain, 3 11 12'],
  },
];
