/** What threads do with locks `a`, `b` and `c` of the zoo, and which errors there must be. */
import type { VirtualThread } from './virtualProgram.js';

export interface Scenario {
  readonly name: string;
  /** Function bodies by the name of the thread. */
  readonly threads: Readonly<Record<string, string>>;
  /** What keeps main's loop alive. */
  readonly mainResources?: number;
  /** The only errors that may be told, by id; `[]`: none. */
  readonly expected: readonly string[];
  /** Nobody has given anything back: a lock that is known by its use is not known yet. */
  readonly isCold?: true;
  readonly forReentrant?: readonly string[];
  readonly killMs?: number;
}

const warm =
  'for (let n = 0; n < 4; n++) { a.lock(); a.unlock(); b.lock(); sleep(1); b.unlock(); c.lock(); c.unlock(); } sleep(200);';
const rounds = (first: string, second: string): string =>
  `for (let n = 0; n < 6; n++) { ${first}.lock(); sleep(1); ${second}.lock(); ${second}.unlock(); ${first}.unlock(); }`;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'healthy',
    threads: { one: rounds('a', 'b'), two: rounds('a', 'b'), three: rounds('b', 'c') },
    expected: [],
  },
  {
    name: 'healthy, then idle until it is killed',
    threads: { one: `${rounds('a', 'b')} loop(0);`, two: `${rounds('a', 'c')} loop(0);` },
    mainResources: 1,
    expected: [],
  },
  {
    name: 'self',
    threads: { one: `${warm} a.lock(); a.lock();`, two: warm },
    expected: ['self-deadlock'],
    forReentrant: [],
  },
  {
    name: 'self, with a timer in main',
    threads: { one: `${warm} a.lock(); a.lock();`, two: warm },
    mainResources: 1,
    expected: ['self-deadlock'],
    forReentrant: [],
  },
  {
    name: 'self, cold, with a timer in main',
    threads: { one: 'a.lock(); a.lock();', two: 'b.lock(); b.unlock();' },
    mainResources: 1,
    expected: [],
  },
  {
    name: 'two in opposite orders',
    threads: { one: `${warm} a.lock(); sleep(50); b.lock();`, two: `${warm} b.lock(); sleep(50); a.lock();` },
    expected: ['deadlock'],
  },
  {
    name: 'two in opposite orders, cold',
    isCold: true,
    threads: { one: 'a.lock(); sleep(50); b.lock();', two: 'b.lock(); sleep(50); a.lock();' },
    expected: ['deadlock'],
  },
  {
    name: 'two in opposite orders, with a timer in main',
    threads: { one: `${warm} a.lock(); sleep(50); b.lock();`, two: `${warm} b.lock(); sleep(50); a.lock();` },
    mainResources: 1,
    expected: ['deadlock'],
  },
  {
    name: 'three in a circle, and one behind',
    threads: {
      one: `${warm} a.lock(); sleep(50); b.lock();`,
      two: `${warm} b.lock(); sleep(50); c.lock();`,
      three: `${warm} c.lock(); sleep(50); a.lock();`,
      four: 'sleep(400); b.lock();',
    },
    mainResources: 1,
    expected: ['deadlock'],
  },
  {
    name: 'the owner ends',
    threads: { one: `${warm} a.lock();`, two: `${warm} sleep(50); a.lock();` },
    mainResources: 1,
    expected: ['abandoned-lock'],
  },
  {
    name: 'the owner fails',
    threads: { one: `${warm} a.lock(); fail();`, two: `${warm} sleep(50); a.lock();` },
    expected: ['abandoned-lock'],
  },
  {
    name: 'the owner computes',
    threads: { one: `${warm} a.lock(); sleep(9000); a.unlock();`, two: `${warm} sleep(50); a.lock();` },
    mainResources: 1,
    expected: [],
  },
  {
    name: 'the owner sits in its loop with a timer',
    threads: { one: `${warm} a.lock(); loop(1);`, two: `${warm} sleep(50); a.lock();` },
    mainResources: 1,
    expected: [],
  },
  {
    name: 'opposite orders one after the other',
    threads: { one: rounds('a', 'b'), two: `sleep(500); ${rounds('b', 'a')}` },
    expected: [],
  },
  {
    name: 'taken again',
    threads: { one: `a.lock(); a.unlock(); ${rounds('a', 'b')}`, two: rounds('a', 'b') },
    expected: [],
  },
  {
    name: 'handed over',
    threads: { one: 'a.lock(); a.lock(); b.lock();', two: 'sleep(9000); a.unlock();' },
    mainResources: 1,
    expected: [],
  },
  {
    name: 'handed over, in a class of locks',
    threads: {
      one: `${rounds('b', 'c')} a.lock(); a.lock(); b.lock();`,
      two: `${rounds('b', 'c')} sleep(9000); a.unlock();`,
    },
    mainResources: 1,
    expected: [],
  },
  {
    name: 'handed over again and again',
    threads: {
      one: 'for (let n = 0; n < 20; n++) { a.lock(); }',
      two: 'for (let n = 0; n < 8; n++) { sleep(10); a.unlock(); } sleep(9000);',
    },
    mainResources: 1,
    expected: [],
  },
  {
    name: 'a convoy',
    threads: Object.fromEntries(
      ['one', 'two', 'three', 'four'].map((name) => [
        name,
        'for (let n = 0; n < 20; n++) { a.lock(); sleep(2); a.unlock(); }',
      ]),
    ),
    expected: [],
  },
];

/** The text of a program, and its threads. */
export function programOf(
  lock: { readonly text: string; readonly make: string },
  { threads }: Scenario,
): { text: string; run: VirtualThread[] } {
  const names = Object.keys(threads);
  const makes = ['a', 'b', 'c'].map((name, i) => `  const ${name} = ${lock.make.replaceAll('WORD', String(2 * i))};`);
  const functions = names.map(
    (name) => `function ${name}(words, me) {\n${makes.join('\n')}\n  ${threads[name] as string}\n}`,
  );
  return {
    text: `${lock.text}\n${functions.join('\n')}\n`,
    run: names.map((name, i) => ({ name, run: name, args: [null, i + 1] })),
  };
}
