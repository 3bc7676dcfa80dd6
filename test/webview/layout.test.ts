import assert from 'node:assert/strict';
import type { CircleMember } from '../../src/protocol/verdict.js';
import { FLAG, LANE_STATE } from '../../src/protocol/tileLayout.js';
import type { Trace } from '../../webview/store.js';
import { Labels } from '../../webview/timeline/labels.js';
import { layOut } from '../../webview/timeline/layout.js';
import { SceneHost } from './sceneA.js';

const scene = (): Trace => new SceneHost().opened();
const state = { opened: new Map<number, boolean>(), isNarrow: false };
const names = (trace: Trace): string[] =>
  layOut(trace, state).rows.map((row) => (row.lock ? `  ${row.lock.name}` : row.thread.name));

describe('layout of the lanes', () => {
  it('opens the locks of a deadlock under their threads', () => {
    assert.deepEqual(names(scene()).slice(0, 5), ['main', 'writer', '  cache', 'reader', '  index']);
  });

  it('puts the threads of a circle next to each other, in its order', () => {
    const trace = scene();
    const member = (thread: number, waitsForThread: number): CircleMember => ({
      thread,
      waitsForThread,
      waitsFor: 9,
      waitStartMs: 1,
      holds: 0,
      holdStartMs: 0,
    });
    const circle = [member(1, 6), member(6, 3), member(3, 1)];
    const verdict = { ...trace.verdict!, findings: [{ ...trace.verdict!.findings[0]!, circle }] };
    assert.deepEqual(names({ ...trace, verdict }), [
      'main',
      'writer',
      'pool-4',
      'pool-1',
      'reader',
      'pool-2',
      'pool-3',
    ]);
  });

  it('rows do not overlap and follow each other', () => {
    const { rows, height } = layOut(scene(), state);
    let y = 0;
    for (const row of rows) {
      assert.equal(row.y, y);
      assert.ok(row.barY >= row.y && row.barY + row.barHeight <= row.y + row.height);
      y += row.height;
    }
    assert.equal(height, y);
  });

  it('opens and closes by hand', () => {
    const closed = layOut(scene(), { ...state, opened: new Map([[1, false]]) });
    assert.ok(!closed.rows.some((row) => row.lock?.name === 'cache'));
    const opened = layOut(scene(), { ...state, opened: new Map([[3, true]]) });
    assert.ok(opened.rows.some((row) => row.lock && row.thread.name === 'pool-1'));
  });

  it('is normal up to 12 threads, compact up to 20, dense above', () => {
    const sized = (count: number): string => {
      const threads = Array.from({ length: count }, (_, id) => ({ ...scene().threads[0]!, id, parent: null }));
      return layOut({ ...scene(), threads, verdict: null }, state).size;
    };
    assert.deepEqual([12, 13, 20, 21].map(sized), ['normal', 'compact', 'compact', 'dense']);
  });

  it('a parent that is unknown or itself does not lose its thread', () => {
    const trace = scene();
    const threads = trace.threads.map((thread) => ({ ...thread, parent: thread.id === 2 ? 2 : 99 }));
    assert.equal(layOut({ ...trace, threads, verdict: null }, state).rows.length, 7);
  });
});

describe('labels of bars', () => {
  const trace = scene();
  const labels = new Labels(trace, layOut(trace, state).cycles, false);
  const of = (thread: number, blocked: number, object: number, flags: number): string | undefined =>
    labels.of({ thread, state: blocked, object, flags, isOpen: true })[0];

  it('says who holds what a thread of the circle wants', () => {
    assert.equal(of(1, LANE_STATE.blocked, 2, FLAG.deadlocked), 'blocked on index, held by reader');
  });

  it('says who is only stuck behind', () => {
    assert.equal(of(3, LANE_STATE.blocked, 1, FLAG.stuck), 'blocked on cache, stuck behind the deadlock');
    assert.equal(of(0, LANE_STATE.waiting, -2, FLAG.stuck), 'waiting: join(writer), stuck behind the deadlock');
  });

  it('blocked is only said of locks, and running says nothing', () => {
    assert.equal(of(4, LANE_STATE.waiting, 3, 0), 'waiting: tasks');
    assert.equal(of(4, LANE_STATE.running, 0, 0), undefined);
  });
});
