/** Locks as people build them. Each is a class `Lock` of a word of shared memory, or of the words behind it. */

export interface ZooLock {
  readonly name: string;
  readonly text: string;
  /** How a lock of it is made, from the number of its first word. */
  readonly make: string;
  /** What stands in its words at first. */
  readonly initial?: number;
  readonly isReentrant?: true;
  /** Its code alone does not show what it is. */
  readonly isKnownByUse?: true;
  /** Of 64 bits. */
  readonly isBig?: true;
  /** Waiters go on to look: nothing is recorded of how they wait, or only waits that end by themselves. */
  readonly polls?: true;
}

const make = 'new Lock(words, WORD)';

export const LOCKS: readonly ZooLock[] = [
  {
    name: 'store and compareExchange',
    make,
    text: `
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    while (Atomics.compareExchange(this.words, this.i, 0, 1) !== 0) Atomics.wait(this.words, this.i, 1);
  }
  tryLock() { return Atomics.compareExchange(this.words, this.i, 0, 1) === 0; }
  unlock() {
    Atomics.store(this.words, this.i, 0);
    Atomics.notify(this.words, this.i, 1);
  }
}`,
  },
  {
    name: 'three states',
    make,
    text: `
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    let c = Atomics.compareExchange(this.words, this.i, 0, 1);
    if (c === 0) return;
    do {
      if (c === 2 || Atomics.compareExchange(this.words, this.i, 1, 2) !== 0) Atomics.wait(this.words, this.i, 2);
      c = Atomics.compareExchange(this.words, this.i, 0, 2);
    } while (c !== 0);
  }
  unlock() {
    if (Atomics.sub(this.words, this.i, 1) !== 1) {
      Atomics.store(this.words, this.i, 0);
      Atomics.notify(this.words, this.i, 1);
    }
  }
}`,
  },
  {
    name: 'three states by exchange',
    make,
    text: `
function lock(words, i) {
  if (Atomics.compareExchange(words, i, 0, 1) === 0) return;
  while (Atomics.exchange(words, i, 2) !== 0) Atomics.wait(words, i, 2);
}
function unlock(words, i) {
  if (Atomics.exchange(words, i, 0) === 2) Atomics.notify(words, i, 1);
}
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() { lock(this.words, this.i); }
  unlock() { unlock(this.words, this.i); }
}`,
  },
  {
    name: 'inverted, with constants',
    make,
    initial: 5,
    text: `
const FREE = 5;
const TAKEN = 7;
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    while (Atomics.compareExchange(this.words, this.i, FREE, TAKEN) !== FREE) Atomics.wait(this.words, this.i, TAKEN);
  }
  unlock() {
    Atomics.compareExchange(this.words, this.i, TAKEN, FREE);
    Atomics.notify(this.words, this.i, 1);
  }
}`,
  },
  {
    name: 'owner and depth',
    make: 'new Lock(words, WORD, me)',
    isReentrant: true,
    text: `
class Lock {
  constructor(words, i, me) { this.words = words; this.i = i; this.me = me; this.depth = 0; }
  lock() {
    if (this.depth > 0) { this.depth++; return; }
    for (;;) {
      const owner = Atomics.compareExchange(this.words, this.i, 0, this.me);
      if (owner === 0) break;
      Atomics.wait(this.words, this.i, owner);
    }
    this.depth = 1;
  }
  unlock() {
    if (--this.depth > 0) return;
    Atomics.store(this.words, this.i, 0);
    Atomics.notify(this.words, this.i, 1);
  }
}`,
  },
  {
    name: 'tickets',
    make,
    isKnownByUse: true,
    text: `
class Lock {
  constructor(words, i) { this.words = words; this.next = i; this.now = i + 1; }
  lock() {
    const mine = Atomics.add(this.words, this.next, 1);
    for (;;) {
      const now = Atomics.load(this.words, this.now);
      if (now === mine) return;
      Atomics.wait(this.words, this.now, now);
    }
  }
  unlock() {
    Atomics.add(this.words, this.now, 1);
    Atomics.notify(this.words, this.now);
  }
}`,
  },
  {
    name: 'a bit, by or',
    make,
    text: `
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    while ((Atomics.or(this.words, this.i, 4) & 4) !== 0) Atomics.wait(this.words, this.i, 4);
  }
  unlock() {
    Atomics.and(this.words, this.i, ~4);
    Atomics.notify(this.words, this.i, 1);
  }
}`,
  },
  {
    name: 'thin wrappers',
    make,
    text: `
function cas(array, index, expected, value) { return Atomics.compareExchange(array, index, expected, value); }
function put(array, index, value) { return Atomics.store(array, index, value); }
function park(array, index, value) { return Atomics.wait(array, index, value); }
function wake(array, index, count) { return Atomics.notify(array, index, count); }
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    while (cas(this.words, this.i, 0, 1) !== 0) park(this.words, this.i, 1);
  }
  unlock() {
    put(this.words, this.i, 0);
    wake(this.words, this.i, 1);
  }
}`,
  },
  {
    name: 'exchange',
    make,
    text: `
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    while (Atomics.exchange(this.words, this.i, 1) !== 0) Atomics.wait(this.words, this.i, 1);
  }
  unlock() {
    Atomics.exchange(this.words, this.i, 0);
    Atomics.notify(this.words, this.i, 1);
  }
}`,
  },
  {
    name: '64 bits',
    make,
    isBig: true,
    text: `
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    while (Atomics.compareExchange(this.words, this.i, 0n, 1n) !== 0n) Atomics.wait(this.words, this.i, 1n);
  }
  unlock() {
    Atomics.store(this.words, this.i, 0n);
    Atomics.notify(this.words, this.i, 1);
  }
}`,
  },
  {
    name: 'minified',
    make,
    text: `class Lock{constructor(t,e){this.a=t,this.b=e}lock(){for(let{a:t,b:e}=this;0!==Atomics.compareExchange(t,e,0,1);)Atomics.wait(t,e,1)}unlock(){let{a:t,b:e}=this;Atomics.store(t,e,0),Atomics.notify(t,e,1)}}`,
  },
  {
    name: 'waits with a timeout',
    make,
    polls: true,
    text: `
class Lock {
  constructor(words, i) { this.words = words; this.i = i; }
  lock() {
    while (Atomics.compareExchange(this.words, this.i, 0, 1) !== 0) Atomics.wait(this.words, this.i, 1, 100);
  }
  unlock() {
    Atomics.store(this.words, this.i, 0);
    Atomics.notify(this.words, this.i, 1);
  }
}`,
  },
];
