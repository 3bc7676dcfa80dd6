import assert from 'node:assert/strict';
import { analyse, complete, event, object, said, threads } from './analyse.js';

/** A worker waits for a word that only a failed one has notified; another one lives. */
const program = (word: object, others = ''): string =>
  [
    threads('waiter', 'helper', 'other'),
    object(1, 'word', 'word', { th: 1, offset: 0, ...word }),
    object(2, 'word', 'elsewhere', { th: 3, offset: 0, buffer: 9 }),
    event(2, 2, 'word.notify', 1, 5, { arg: 0 }),
    event(3, 2, 'thread.fail', 2, 6),
    event(4, 2, 'thread.end', 2, 6, { arg: 1 }),
    event(5, 1, 'word.wait', 1, 7, { arg: 0 }),
    event(6, 3, 'word.notify', 2, 8, { arg: 0 }),
    others,
    '{"t":100,"th":0,"op":"loop.sample","arg":1}',
    '{"t":100,"th":3,"op":"loop.sample","arg":1}',
    complete(60_000),
  ].join('\n');

/** All wait; one has woken somebody by its own name of a word. */
const allWait = (word: object, woken: number): string =>
  [
    threads('waiter'),
    object(1, 'word', 'word', { th: 1, offset: 0, buffer: 8 }),
    object(2, 'word', 'the same?', { th: 0, offset: 0, ...word }),
    event(5, 1, 'word.wait', 1, 7, { arg: 0 }),
    event(6, 0, 'word.notify', 2, 8, { arg: woken }),
    event(7, 0, 'word.wait', 2, 9, { arg: 0 }),
    complete(60_000),
  ].join('\n');

describe('words that threads know by names of their own', () => {
  it('nobody can be missed who notified such a word before', async () => {
    assert.deepEqual(said(await analyse(program({ buffer: 8 }))), ['blocked-forever likely']);
    assert.deepEqual(said(await analyse(program({}))), [], 'the word itself has no buffer');
    const unplaced = object(3, 'word', 'unplaced', { th: 3, offset: 0 });
    assert.deepEqual(said(await analyse(program({ buffer: 8 }, unplaced))), [], 'another thread uses one of no buffer');
    const own = object(3, 'word', 'unplaced', { th: 1, offset: 0 });
    assert.deepEqual(said(await analyse(program({ buffer: 8 }, own))), ['blocked-forever likely'], 'a name of its own');
  });

  it('a waiter may have been woken by another name', async () => {
    const both = ['blocked-forever certain', 'blocked-forever certain'];
    assert.deepEqual(said(await analyse(allWait({ buffer: 9 }, 1))), both);
    assert.deepEqual(said(await analyse(allWait({}, 1))), []);
    assert.deepEqual(said(await analyse(allWait({}, 0))), both);
  });
});
