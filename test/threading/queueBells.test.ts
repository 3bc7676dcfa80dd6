/**
 * How the threads at a queue wake each other: the words themselves, and a model of them in which every order is tried.
 * `STRESS_ROUNDS` tries longer scenes as well.
 */
import assert from 'node:assert/strict';
import { isAwaited, listenTo, ringBell, sleepAt, stopListening, WAITS } from '../../src/threading/queues/queueBells.js';
import { HEADER_BYTES } from '../../src/threading/queues/queueMemory.js';
import { waitUntil } from '../../src/threading/queues/queueWait.js';
import { tryAllOrders, type Mistake, type Scene } from './queueModel.js';

const { bell, async } = WAITS.get;
const newCells = (): Int32Array => new Int32Array(new SharedArrayBuffer(HEADER_BYTES));
const sleepersOf = (cells: Int32Array): number => (cells[bell] as number) & 0xffff;

describe('the bells of a queue', () => {
  it('count who listens, take one off for each ring, and wake nobody where nobody is', () => {
    const cells = newCells();
    assert.equal(isAwaited(cells, WAITS.get), false);
    ringBell(cells, 'get');
    assert.equal(cells[bell], 0);
    const heard = [listenTo(cells, bell), listenTo(cells, bell)];
    assert.equal(isAwaited(cells, WAITS.get), true);
    ringBell(cells, 'get');
    assert.equal(sleepersOf(cells), 1);
    // It has rung: nobody falls asleep any more who listened before, and who listens now does not leave for another.
    for (const before of heard) {
      sleepAt(cells, bell, before, 60_000);
      stopListening(cells, bell, before);
    }
    assert.equal(sleepersOf(cells), 1);
    const again = listenTo(cells, bell);
    stopListening(cells, bell, again);
    assert.equal(sleepersOf(cells), 1);
    ringBell(cells, 'get', true);
    assert.equal(isAwaited(cells, WAITS.get), false);
  });

  it('ring on where their number has no more room, and passes below zero', () => {
    for (const rings of [0x7fff, 0xffff]) {
      const cells = newCells().fill((rings << 16) | 1, bell, bell + 1);
      const heard = listenTo(cells, bell);
      assert.equal(heard, rings << 16);
      ringBell(cells, 'get');
      assert.equal(cells[bell], ((rings + 1) << 16) | 1);
      sleepAt(cells, bell, heard, 60_000);
      ringBell(cells, 'get', true);
      assert.equal(cells[bell], (rings + 2) << 16);
    }
  });

  it('forget those that stayed counted, before they count as rings', () => {
    const cells = newCells();
    const first = listenTo(cells, bell);
    for (let i = 0; i < 200_000; i++) {
      const before = cells[bell] as number;
      const heard = listenTo(cells, bell);
      assert.ok(sleepersOf(cells) > 0);
      if (before >> 16 !== (cells[bell] as number) >> 16) assert.equal(sleepersOf(cells), 1);
      assert.equal(heard, (cells[bell] as number) & ~0xffff);
    }
    // Whoever was forgotten was woken for it.
    assert.notEqual((cells[bell] as number) & ~0xffff, first);
  });

  it('ask nobody to wake once nobody waits in an event loop any more', () => {
    const cells = newCells();
    cells[async] = 3;
    assert.equal(isAwaited(cells, WAITS.get), true);
    ringBell(cells, 'get');
    assert.equal(isAwaited(cells, WAITS.get), false);
  });

  it('whoever cannot use what it was woken for wakes the next one', () => {
    const cells = newCells();
    let attempts = 0;
    const wait = { kind: 'put', cells, object: 0, who: 'Queue', meet: () => {} } as const;
    const attempt = (): 'full' => {
      if (++attempts < 7) return 'full';
      // Another one sleeps as well.
      listenTo(cells, WAITS.put.bell);
      throw new TypeError('refused');
    };
    assert.throws(() => waitUntil(wait, Infinity, wake(attempt, cells)), /refused/);
    assert.equal((cells[WAITS.put.bell] as number) >> 16, 2);
  });

  /** Each attempt is followed by a ring: this thread never falls asleep for long. */
  function wake(attempt: () => 'full', cells: Int32Array): () => 'full' {
    let calls = 0;
    return () => {
      const refusal = attempt();
      if (++calls === 6) ringBell(cells, 'put');
      return refusal;
    };
  }
});

const longScenes: Readonly<Record<string, Scene>> = {
  'two get, one puts two': { maxSize: 9, threads: [['get'], ['get'], ['put', 'put']] },
  'two get, one of them in time, one puts two': { maxSize: 9, threads: [['getInTime'], ['get'], ['put', 'put']] },
  'two put two where there is room for one': { maxSize: 1, threads: [['put', 'putInTime'], ['put'], ['get', 'get']] },
};

describe('threads at a queue, in every order of their steps', () => {
  const scenes: Readonly<Record<string, Scene>> = {
    'one gets, one puts': {
      maxSize: 9,
      threads: [
        ['get', 'get'],
        ['put', 'put'],
      ],
    },
    'two get, one of them in time': { maxSize: 9, threads: [['getInTime'], ['get'], ['put']] },
    'one gets, one puts, one closes': { maxSize: 9, threads: [['get', 'get'], ['put'], ['close']] },
    'two get, one closes': { maxSize: 9, threads: [['get'], ['getInTime'], ['close']] },
    'two put where there is room for one': { maxSize: 1, threads: [['putInTime'], ['put'], ['get']] },
    ...(process.env['STRESS_ROUNDS'] === undefined ? {} : longScenes),
  };
  for (const [name, scene] of Object.entries(scenes)) {
    it(`${name}: nobody is left asleep, nothing is lost or doubled`, () => {
      const { faults, states } = tryAllOrders(scene);
      assert.deepEqual(faults, []);
      assert.ok(states > 100, `${states} states`);
    });
  }

  const mistakes: Readonly<Record<Mistake, string>> = {
    'listens late': 'one gets, one puts',
    'does not meet': 'one gets, one puts',
    'leaves for another': 'two get, one of them in time, one puts two',
    'takes without the lock': 'two get, one of them in time',
    'closes without ringing': 'two get, one closes',
  };
  for (const [mistake, name] of Object.entries(mistakes) as [Mistake, string][]) {
    it(`would be found: a thread that ${mistake}`, () => {
      assert.notDeepEqual(tryAllOrders({ ...longScenes, ...scenes }[name] as Scene, mistake).faults, []);
    });
  }
});
