import assert from 'node:assert/strict';
import { DeadlockAlarm, plainSentence } from '../../src/extension/deadlockAlarm.js';
import type { Opened } from '../../src/protocol/messages.js';
import type { Finding } from '../../src/protocol/verdict.js';
import { emptyFinding } from '../fixtures/emptyFinding.js';

const finding = (more: Partial<Finding>): Finding => ({
  ...emptyFinding,
  title: 'Deadlock: a ⇄ b',
  verdict: '**Deadlock:** `a` holds `x`.',
  fingerprint: 'f1',
  ...more,
});

const opened = (live: boolean, ...findings: Finding[]): Opened => ({
  type: 'opened',
  program: 'app.js',
  root: '/app',
  file: 'app.lanes',
  durationMs: 1,
  live,
  threads: [],
  objects: [],
  objectCount: 0,
  arrows: [],
  lanes: [],
  verdict: {
    trace: { file: '', events: 0, threads: 0, durationMs: 0, end: 'open', exitCode: null, dropped: 0 },
    findings,
    incomplete: [],
  },
  standing: [],
  locks: 0,
  longestWaitMs: 0,
  revision: 1,
});

describe('the deadlock alarm', () => {
  it('tells each finding once', () => {
    const alarm = new DeadlockAlarm();
    assert.deepEqual(alarm.news(opened(true)), []);
    const [one, two] = [finding({}), finding({ fingerprint: 'f2', id: 'self-deadlock' })];
    assert.deepEqual(alarm.news(opened(true, one)), [one]);
    assert.deepEqual(alarm.news(opened(true, two, one)), [two]);
    assert.deepEqual(alarm.news({ ...opened(true, one, two), type: 'grew' }), []);
  });

  it('is silent about costs, possibilities and programs that have ended', () => {
    const alarm = new DeadlockAlarm();
    assert.deepEqual(alarm.news(opened(true, finding({ id: 'contention', severity: 'warning' }))), []);
    assert.deepEqual(alarm.news(opened(true, finding({ severity: 'note', grade: 'possible' }))), []);
    assert.deepEqual(alarm.news(opened(false, finding({}))), []);
    assert.deepEqual(alarm.news({ ...opened(true), verdict: null }), []);
  });

  it('writes a verdict without marks', () => {
    assert.equal(plainSentence('**Deadlock:** `a` holds `x`.'), 'Deadlock: a holds x.');
  });
});
