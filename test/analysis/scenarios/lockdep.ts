/**
 * The patterns of the self-test of the Linux kernel's lock validator (lib/locking-selftest.c), each for mutexes,
 * re-entrant mutexes and read-write locks. The validator judges the order alone; here each pair is taken by another
 * thread, one after the other, so that nobody got stuck.
 */
import type { ObjectKind } from '../../../src/trace/objectKinds.js';
import { inTurn, usedBefore, type Scenario } from './scenario.js';

/** Letters: pairs of locks; lines: those of the circle. */
const patterns: readonly (readonly [name: string, pairs: string, lines: string | null])[] = [
  ['ABBA', 'AB BA', '11 12 21 22'],
  ['ABBCCA', 'AB BC CA', '11 12 21 22 31 32'],
  ['ABCABC', 'AB CA BC', '11 12 21 22 31 32'],
  ['ABBCCDDA', 'AB BC CD DA', '11 12 21 22 31 32 41 42'],
  ['ABCDBDDA', 'AB CD BD DA', '11 12 31 32 41 42'],
  ['ABCDBCDA', 'AB CD BC DA', '11 12 21 22 31 32 41 42'],
  ['ABAB', 'AB AB', null],
  ['ABBCAC', 'AB BC AC', null],
  ['ABCDBDAD', 'AB CD BD AD', null],
];

/** How the first and the second lock are taken, and whether the circle can close then. */
const takings: readonly (readonly [
  name: string,
  kind: ObjectKind,
  take: readonly [string, string],
  closes: boolean,
])[] = [
  ['mutex', 'lock', ['takes', 'takes'], true],
  ['re-entrant mutex', 'rlock', ['takes', 'takes'], true],
  ['rwlock, both to write', 'rwlock', ['takes', 'takes'], true],
  ['rwlock, first to read, then to write', 'rwlock', ['reads', 'takes'], true],
  ['rwlock, first to write, then to read', 'rwlock', ['takes', 'reads'], true],
  ['rwlock, both to read', 'rwlock', ['reads', 'reads'], false],
  ['mutex, the second by a try', 'lock', ['takes', 'tries'], false],
  ['mutex, the first by a try', 'lock', ['tries', 'takes'], true],
];

const kindsOf = (kind: ObjectKind): Record<string, ObjectKind> => ({ A: kind, B: kind, C: kind, D: kind });

export const lockdep: readonly Scenario[] = [
  ...takings.flatMap(([how, kind, take, closes]) =>
    patterns.map(([name, pairs, lines]): Scenario => {
      return {
        name: `${name}, ${how}`,
        kinds: kindsOf(kind),
        steps: inTurn(pairs, take),
        expected: closes && lines !== null ? [`lock-order-inversion possible, ${lines}`] : [],
        isOver: true,
      };
    }),
  ),
  {
    name: 'AA, mutex',
    steps: `${usedBefore('A')}
      1 takes A @11
      1 asks A @12`,
    expected: ['self-deadlock certain, 11 12'],
  },
  {
    name: 'AA, rwlock to write',
    kinds: kindsOf('rwlock'),
    steps: `${usedBefore('A')}
      1 takes A @11
      1 asks A @12`,
    expected: ['self-deadlock certain, 11 12'],
  },
  {
    name: 'AA, rwlock first to read, then to write',
    kinds: kindsOf('rwlock'),
    steps: `${usedBefore('A')}
      1 reads A @11
      1 asks A @12`,
    expected: ['self-deadlock certain, 11 12'],
  },
  {
    name: 'AA, rwlock first to write, then to read',
    kinds: kindsOf('rwlock'),
    steps: `${usedBefore('A')}
      1 takes A @11
      1 asksToRead A @12`,
    expected: ['self-deadlock certain, 11 12'],
  },
  {
    name: 'AA, re-entrant mutex',
    kinds: kindsOf('rlock'),
    steps: `
      1 takes A @11
      1 takes A @12 {"arg":2}
      1 gives A @13 {"arg":1}
      1 gives A @14`,
    expected: [],
  },
  {
    name: 'AA, rwlock to read',
    kinds: kindsOf('rwlock'),
    steps: `
      1 reads A @11
      1 reads A @12
      1 gives A @13
      1 gives A @14`,
    expected: [],
  },
  {
    name: 'double unlock',
    steps: `
      1 takes A @11
      1 gives A @12
      1 gives A @13`,
    expected: [],
  },
  {
    name: 'bad unlock order',
    steps: `
      1 takes A @11
      1 takes B @12
      1 gives A @13
      1 gives B @14
      2 takes A @21
      2 takes B @22
      2 gives A @23
      2 gives B @24`,
    expected: [],
  },
];
