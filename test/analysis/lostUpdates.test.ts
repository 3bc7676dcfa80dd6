import assert from 'node:assert/strict';
import { analyse, complete, end, event, object, roles, threads } from './analyse.js';

const WORD = 7;
const OTHER = 8;

const LOAD = 10;
const STORE = 20;

const load = (t: number, th: number, value: number, at = LOAD, word = WORD): string =>
  event(t, th, 'word.load', word, at, { arg: value, times: 1 });
const store = (t: number, th: number, value: number, at = STORE, word = WORD): string =>
  event(t, th, 'word.write', word, at, { by: 'store', new: value });
const add = (t: number, th: number, old: number, by: number): string =>
  event(t, th, 'word.write', WORD, 30, { by: 'add', arg: old, new: old + by });

/** `a` counts alone from 0 to 1; then both load 1 and store 2. */
const counted = [load(2, 1, 0), store(3, 1, 1)];
const lost = [load(10, 1, 1), load(11, 2, 1), store(12, 2, 2), store(13, 1, 2)];

async function found(...events: readonly string[]) {
  const head = [threads('a', 'b'), object(WORD, 'word', 'counter'), object(OTHER, 'word', 'flag')];
  const { findings } = await analyse([...head, ...events, complete(1000), end(1000, 'clean')].join('\n'));
  return findings;
}

const grades = async (...events: readonly string[]): Promise<string[]> =>
  (await found(...events)).map(({ id, grade, severity }) => `${id} ${grade} ${severity}`);

const CERTAIN = ['lost-update certain warning'];

describe('lost-update', () => {
  it('names who read, who wrote in between, and who wrote over it', async () => {
    const [finding, ...others] = await found(...counted, ...lost);
    assert.ok(finding);
    assert.deepEqual(others, []);
    assert.equal(finding.id, 'lost-update');
    assert.deepEqual(roles(finding), ['reads app.js:10', 'writes app.js:20', 'writes app.js:20']);
    assert.deepEqual(
      finding.locations.map(({ thread }) => thread),
      [1, 2, 1],
    );
    assert.match(finding.message, /worker "a" overwrote what worker "b" had written into `counter`\.\n/);
    assert.match(finding.message, /a read 1 .*\n {2}b wrote 2 .*\n {2}a wrote 2 /);
  });

  it('is told once for the same lines, with how often it happened', async () => {
    const again = [load(20, 1, 2), load(21, 2, 2), store(22, 2, 3), store(23, 1, 3)];
    const [finding, ...others] = await found(...counted, ...lost, ...again);
    assert.deepEqual(others, []);
    assert.match(finding?.message ?? '', /2 times at these lines/);
  });

  const speaks: Readonly<Record<string, readonly string[]>> = {
    'two that count': [...counted, ...lost],
    'a lock around the load and another hold around the store': [
      ...counted,
      load(10, 1, 1),
      event(11, 2, 'lock.acquired', 9, 40),
      load(12, 2, 1),
      store(13, 2, 2),
      event(14, 2, 'lock.release', 9, 41),
      event(15, 1, 'lock.acquired', 9, 42),
      store(16, 1, 2),
    ],
    'an addition that is overwritten': [...counted, load(10, 1, 1), add(11, 2, 1, 5), store(12, 1, 2)],
    'a sleep in between': [
      ...counted,
      load(10, 1, 1),
      event(11, 1, 'sleep.begin', 0, 11, { arg: 1 }),
      store(12, 2, 5),
      event(13, 1, 'sleep.end', 0, 11),
      store(14, 1, 2),
    ],
    'what was loaded again and was the same': [
      ...counted,
      load(10, 1, 1),
      store(11, 2, 2),
      load(12, 1, 1),
      store(12, 1, 2),
    ],
  };
  for (const [what, events] of Object.entries(speaks)) {
    it(`speaks of ${what}`, async () => assert.deepEqual(await grades(...events), CERTAIN));
  }

  const silent: Readonly<Record<string, readonly string[]>> = {
    'one after the other': [...counted, load(10, 1, 1), store(11, 1, 2), load(12, 2, 2), store(13, 2, 3)],
    'additions in one step': [add(2, 1, 0, 1), add(3, 2, 1, 1), add(4, 1, 2, 1)],
    'a load before an addition': [...counted, load(10, 1, 1), add(11, 2, 1, 1), add(12, 1, 2, 1)],
    'a word that is loaded again': [...counted, load(10, 1, 1), store(11, 2, 2), load(12, 1, 2), store(13, 1, 3)],
    'a word that has its old value again': [
      ...counted,
      load(10, 1, 1),
      store(11, 2, 9),
      store(12, 2, 1),
      store(13, 1, 2),
    ],
    'a flag that both raise': [load(10, 1, 0), load(11, 2, 0), store(12, 2, 1), store(13, 1, 1)],
    'a flag that is lowered, whatever it was': [
      load(2, 1, 5),
      store(3, 1, 0),
      load(10, 1, 1),
      store(11, 2, 7),
      store(12, 1, 0),
    ],
    'one who has been told by an event': [
      ...counted,
      load(10, 1, 1),
      store(11, 2, 2),
      event(12, 2, 'event.set', 9, 40),
      event(13, 1, 'event.woken', 9, 41),
      store(14, 1, 2),
    ],
    'one who was woken at the word': [
      ...counted,
      load(10, 1, 1),
      event(11, 1, 'word.wait', WORD, 40, { arg: 1 }),
      store(12, 2, 2),
      event(13, 1, 'word.woken', WORD, 40),
      store(14, 1, 2),
    ],
    'one who has seen in another word that it was written': [
      ...counted,
      load(10, 1, 1),
      store(11, 2, 2),
      store(12, 2, 1, 50, OTHER),
      load(13, 1, 1, 51, OTHER),
      store(14, 1, 2),
    ],
    'a word that was written before it was loaded': [...counted, store(9, 2, 7), load(10, 1, 1), store(11, 1, 2)],
    'a second store, for which nothing was loaded': [
      ...counted,
      load(10, 1, 1),
      store(11, 1, 2),
      store(12, 2, 5),
      store(13, 1, 2),
    ],
    'a box that was always empty when it was filled': [
      load(2, 1, 0),
      store(3, 1, 5),
      load(10, 1, 0),
      store(11, 2, 6),
      store(12, 1, 7),
    ],
    'another word': [...counted, load(10, 1, 1), store(11, 2, 2, STORE, OTHER), store(12, 1, 2)],
  };
  for (const [what, events] of Object.entries(silent)) {
    it(`is silent about ${what}`, async () => assert.deepEqual(await grades(...events), []));
  }

  it('is only possible where what is stored is not always as much more', async () => {
    const doubled = [load(2, 1, 3), store(3, 1, 6), load(10, 1, 6), load(11, 2, 6), store(12, 2, 12), store(13, 1, 12)];
    assert.deepEqual(await grades(...doubled), ['lost-update possible note']);
  });
});
