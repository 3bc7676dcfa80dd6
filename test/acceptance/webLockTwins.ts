/**
 * The same programs with the library's Lock and with Web Locks: line for line, but for how a lock is taken. `@tag` in a
 * comment marks a line that a verdict has to name.
 */
import type { Variation } from './programs.js';

/** How a program says what it does with its locks. */
export interface Flavour {
  readonly name: string;
  readonly imports: string;
  /** A lock with a name, in each thread. */
  readonly lock: (name: string) => string;
  /** Takes a lock for the lines up to `})`. */
  readonly take: (lock: string) => string;
  readonly isAsync: boolean;
}

export const FLAVOURS: readonly Flavour[] = [
  {
    name: 'the library’s Lock',
    imports: "const { Lock } = require('threadlanes');",
    lock: (name) => `Lock.from(workerData?.locks.${name} ?? new Lock({ name: '${name}' }))`,
    take: (lock) => `${lock}.with(() => {`,
    isAsync: false,
  },
  {
    name: 'Web Locks',
    imports: "const { locks } = require('node:worker_threads');",
    lock: (name) => `'${name}'`,
    take: (lock) => `await locks.request(${lock}, async () => {`,
    isAsync: true,
  },
];

/** @param text the program with `LOCK x =`, `TAKE x`, `ASYNC` before functions and `AWAIT` before their calls */
function program({ imports, lock, take, isAsync }: Flavour, padding: number, names: string[], text: string): string {
  const objects = [...text.matchAll(/LOCK (\w+)/g)].map(([, name]) => name as string);
  const inFlavour = text
    .replaceAll(/LOCK (\w+)/g, (_, name: string) => `const ${name} = ${lock(name)}`)
    .replaceAll(/TAKE (\w+) \{/g, (_, name: string) => take(name))
    .replaceAll('ASYNC ', isAsync ? 'async ' : '')
    .replaceAll('AWAIT ', isAsync ? 'await ' : '');
  return `${'\n'.repeat(padding)}const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
${imports}
const words = workerData?.words ?? new Int32Array(new SharedArrayBuffer(4));
/** Waits until all threads have come here. */
const meet = () => {
  Atomics.add(words, 0, 1);
  while (Atomics.load(words, 0) < ${names.length});
};
${inFlavour}
if (isMainThread) {
  for (const name of [${names.map((name) => `'${name}'`).join(', ')}]) {
    new Worker(__filename, { name, workerData: { name, words, locks: { ${objects.join(', ')} } } });
  }
} else {
  tasks[workerData.name]();
}
`;
}

export type Twin = (flavour: Flavour, variation: Variation) => string;

/** A thread that waits for a Web Lock ends when nothing else keeps it. */
const STAYS = "parentPort?.on('message', () => {});";

export const opposite: Twin = (flavour, { names: [a, b], objects: [x, y], padding }) =>
  program(
    flavour,
    padding,
    [a, b],
    `LOCK ${x};
LOCK ${y};
const tasks = {
  ASYNC ${a}() {
    TAKE ${x} { // @holds-a
      meet();
      TAKE ${y} {}); // @waits-a
    });
  },
  ASYNC ${b}() {
    TAKE ${y} { // @holds-b
      meet();
      TAKE ${x} {}); // @waits-b
    });
  },
};
${STAYS}`,
  );

/** The second lock is taken in a function of its own, and a third one around it. */
export const throughFunctions: Twin = (flavour, { names: [a, b], objects: [x, y], padding }) =>
  program(
    flavour,
    padding,
    [a, b],
    `LOCK ${x};
LOCK ${y};
LOCK outer;
const enter = ASYNC (lock) => {
  TAKE lock {}); // @waits
};
const move = ASYNC (from, to) => {
  TAKE from { // @holds
    meet();
    AWAIT enter(to);
  });
};
const tasks = {
  ASYNC ${a}() {
    TAKE outer {
      AWAIT move(${x}, ${y});
    });
  },
  ASYNC ${b}() {
    AWAIT move(${y}, ${x});
  },
};
${STAYS}`,
  );

export const ring: Twin = (flavour, { names: [a, b], objects: [x, y], padding }) =>
  program(
    flavour,
    padding,
    [a, b, 'third'],
    `LOCK ${x};
LOCK ${y};
LOCK last;
const both = ASYNC (first, second) => {
  TAKE first { // @holds
    meet();
    TAKE second {}); // @waits
  });
};
const tasks = {
  ${a}: () => both(${x}, ${y}),
  ${b}: () => both(${y}, last),
  third: () => both(last, ${x}),
};
${STAYS}`,
  );

/** What saves also takes the lock of what has changed: the first time nobody holds it. */
export const itself: Twin = (flavour, { names: [a], objects: [x], padding }) =>
  program(
    flavour,
    padding,
    [a],
    `LOCK ${x};
const save = ASYNC () => {
  TAKE ${x} {}); // @waits
};
const tasks = {
  ASYNC ${a}() {
    AWAIT save();
    TAKE ${x} { // @holds
      AWAIT save();
    });
  },
};
${STAYS}`,
  );

/** Always in the same order. */
export const ordered: Twin = (flavour, { names: [a, b], objects: [x, y], padding }) =>
  program(
    flavour,
    padding,
    [a, b],
    `LOCK ${x};
LOCK ${y};
const both = ASYNC () => {
  for (let i = 0; i < 20; i++) {
    TAKE ${x} {
      TAKE ${y} {});
    });
  }
};
const tasks = { ${a}: both, ${b}: both };`,
  );

/** In opposite orders, but behind a third lock. */
export const gated: Twin = (flavour, { names: [a, b], objects: [x, y], padding }) =>
  program(
    flavour,
    padding,
    [a, b],
    `LOCK ${x};
LOCK ${y};
LOCK gate;
const both = ASYNC (first, second) => {
  meet();
  TAKE gate {
    TAKE first {
      TAKE second {});
    });
  });
};
const tasks = { ${a}: () => both(${x}, ${y}), ${b}: () => both(${y}, ${x}) };`,
  );

/** One after the other: given back before the next is taken. */
export const inTurn: Twin = (flavour, { names: [a, b], objects: [x, y], padding }) =>
  program(
    flavour,
    padding,
    [a, b],
    `LOCK ${x};
LOCK ${y};
const both = ASYNC (first, second) => {
  meet();
  TAKE first {});
  TAKE second {});
};
const tasks = { ${a}: () => both(${x}, ${y}), ${b}: () => both(${y}, ${x}) };`,
  );
