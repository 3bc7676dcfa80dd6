import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProgram } from './recordedProgram.js';

/** Two locks in opposite orders, said through the probe as the library would. */
const deadlock = `
  const { Worker, isMainThread, workerData } = require('node:worker_threads');
  const probe = globalThis[Symbol.for('threadlanes.probe.1')];
  const ACQUIRE = 0x10, ACQUIRED = 0x11, FOREVER = -1;
  if (isMainThread) {
    const cache = probe.define({ kind: 'lock', name: 'cache' });
    const index = probe.define({ kind: 'lock', name: 'index' });
    const words = new Int32Array(new SharedArrayBuffer(16));
    new Worker(__filename, { name: 'writer', workerData: { mine: cache, other: index, words } });
    new Worker(__filename, { name: 'reader', workerData: { mine: index, other: cache, words } });
  } else {
    const { mine, other, words } = workerData;
    probe.record(ACQUIRED, mine, 1);
    probe.raw.add(words, 0, 1);
    while (probe.raw.load(words, 0) < 2) probe.raw.wait(words, 1, 0, 5);
    probe.record(ACQUIRE, other, 0, FOREVER);
    probe.raw.wait(words, 2, 0);
  }`;

describe('watchdog', () => {
  it('tells a deadlock while the program hangs, marks it, and ends the program when asked', () =>
    withProgram({ 'main.cjs': deadlock }, async (folder) => {
      const { outcome, trace } = await folder.record('main.cjs', { settings: { onDeadlock: 'end' } });
      assert.equal(outcome.signal, 'SIGKILL');
      assert.match(
        outcome.stderr,
        /^threadlanes: deadlock \(certain\): worker "writer" and worker "reader" wait for each other/,
      );
      assert.match(outcome.stderr, /main\.cjs:16/);
      assert.equal(outcome.stderr.match(/deadlock \(certain\)/g)?.length, 1);
      const marker = trace.markers.find(({ kind }) => kind === 'deadlock');
      assert.ok(marker?.kind === 'deadlock');
      assert.deepEqual([...marker.threads].sort(), [1, 2]);
      assert.ok(trace.end?.kind === 'end');
      assert.equal(trace.end.end, 'deadlock');
    }));

  it('only tells when it shall not end the program', () => {
    // After it was told, there is time to tell it again.
    const end = `
      const told = () => (require('node:fs').existsSync('told') ? setTimeout(() => process.exit(3), 2000) : setTimeout(told, 50));
      if (isMainThread) told();`;
    return withProgram({ 'main.cjs': deadlock + end }, async (folder) => {
      const { outcome, trace } = await folder.record('main.cjs', {
        onStderr: (text) => text.includes('deadlock (certain)') && writeFileSync(join(folder.path, 'told'), ''),
      });
      assert.equal(outcome.code, 3);
      assert.equal(outcome.stderr.match(/deadlock \(certain\)/g)?.length, 1);
      assert.ok(trace.end?.kind === 'end' && trace.end.end === 'exit');
    });
  });
});
