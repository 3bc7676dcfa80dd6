/** Words that are no locks, or of which not everything is seen: nobody is said to hold them. */
import assert from 'node:assert/strict';
import { judged } from './judged.js';
import { runVirtually } from './virtualProgram.js';

const plain = `
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() { while (Atomics.compareExchange(this.words, this.i, 0, 1) !== 0) Atomics.wait(this.words, this.i, 1); }
  unlock() { this.words[this.i] = 0; Atomics.notify(this.words, this.i, 1); }
}
function work(words) { const a = new Lock(words, 0); for (let n = 0; n < 6; n++) { a.lock(); sleep(1); a.unlock(); } a.lock(); a.lock(); }`;

const semaphore = `
class Semaphore {
  constructor(words, i) { this.words = words; this.i = i; }
  down() {
    for (;;) {
      const v = Atomics.load(this.words, this.i);
      if (v > 0 && Atomics.compareExchange(this.words, this.i, v, v - 1) === v) return;
      if (v <= 0) Atomics.wait(this.words, this.i, 0);
    }
  }
  up() { Atomics.add(this.words, this.i, 1); Atomics.notify(this.words, this.i, 1); }
}
function take(words) { const s = new Semaphore(words, 0); for (let n = 0; n < 9; n++) s.down(); s.down(); }
function give(words) { const s = new Semaphore(words, 0); for (let n = 0; n < 9; n++) { s.up(); sleep(2); } sleep(9000); s.up(); }`;

const mailbox = `
function send(words, value) {
  while (Atomics.compareExchange(words, 0, 0, value) !== 0) Atomics.wait(words, 0, value);
  Atomics.notify(words, 0);
}
function receive(words) {
  for (;;) {
    const value = Atomics.exchange(words, 0, 0);
    if (value !== 0) { Atomics.notify(words, 0); return value; }
    Atomics.wait(words, 0, 0);
  }
}
function take(words) { for (let n = 0; n < 9; n++) receive(words); }
function give(words) { for (let n = 0; n < 8; n++) { send(words, 7); sleep(n); } sleep(9000); }`;

const barrier = `
function arrive(words, parties) {
  const generation = Atomics.load(words, 1);
  if (Atomics.add(words, 0, 1) === parties - 1) {
    Atomics.store(words, 0, 0);
    Atomics.add(words, 1, 1);
    Atomics.notify(words, 1);
  } else {
    while (Atomics.load(words, 1) === generation) Atomics.wait(words, 1, generation);
  }
}
function take(words) { for (let n = 0; n < 9; n++) { arrive(words, 2); sleep(1); } arrive(words, 2); }
function give(words) { for (let n = 0; n < 9; n++) { arrive(words, 2); sleep(3 - (n % 3)); } sleep(9000); arrive(words, 2); }`;

const turn = `
function step(words, me, other) {
  while (Atomics.load(words, 0) !== me) Atomics.wait(words, 0, other);
  Atomics.store(words, 0, other);
  Atomics.notify(words, 0);
}
function take(words) { for (let n = 0; n < 9; n++) step(words, 0, 1); step(words, 0, 1); }
function give(words) { for (let n = 0; n < 8; n++) { step(words, 1, 0); sleep(1); } sleep(9000); step(words, 1, 0); }`;

const pairs = [
  { name: 'take', run: 'take' },
  { name: 'give', run: 'give' },
];
const workers = ['one', 'two', 'three'].map((name) => ({ name, run: 'work' }));

const programs: readonly (readonly [name: string, text: string, threads: typeof pairs])[] = [
  ['a lock that is given back by a plain store', plain, workers],
  ['a semaphore as a signal', semaphore, pairs],
  ['a mailbox', mailbox, pairs],
  ['a barrier', barrier, pairs],
  ['a word that says whose turn it is', turn, pairs],
];

describe('words that are no locks', () => {
  for (const [name, text, threads] of programs) {
    it(`${name}: nobody holds it`, () => {
      for (let seed = 1; seed <= 20; seed++) {
        const words = new Int32Array(4);
        const given = threads.map((thread) => ({ ...thread, args: [words] }));
        const log = runVirtually(text, given, { seed, lateUs: seed % 3, mainResources: 1 });
        const { findings } = judged(log);
        const owned = findings.filter(({ objects }) => objects.some(({ inferred }) => inferred));
        assert.deepEqual(owned, [], `seed ${seed}: ${owned.map(({ message }) => message).join('\n')}`);
        // Who could help is slow, not gone; the first program really gets stuck.
        if (text === plain) continue;
        assert.deepEqual(
          findings.filter(({ severity }) => severity === 'error'),
          [],
          `seed ${seed}`,
        );
      }
    });
  }
});
