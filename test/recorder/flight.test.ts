import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { openTrace } from '../../src/trace/openTrace.js';
import { isSegmentName } from '../../src/trace/segmentNames.js';
import { SegmentRow, type SegmentFile } from '../../src/trace/segmentRow.js';
import { readTrace } from '../fixtures/readTrace.js';
import { builtRecorder, Trace, withProgram } from './recordedProgram.js';

function openFile(path: string): SegmentFile {
  const file = openSync(path, 'r');
  return {
    size: () => fstatSync(file).size,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    },
    close: () => closeSync(file),
  };
}

async function readRow(path: string): Promise<Trace & { damages: string[] }> {
  const trace = Object.assign(new Trace(), { damages: [] as string[] });
  const row = new SegmentRow(path, openFile);
  const visitor = Object.assign(trace, { damage: (message: string) => void trace.damages.push(message) });
  const opened = await openTrace(row, visitor);
  assert.ok(opened.ok, opened.ok ? '' : opened.message);
  assert.ok((await opened.value.read()).ok);
  opened.value.finish();
  row.close();
  return trace;
}

/** Takes a lock that it never gives back and waits for another one, while a worker makes events for some rounds. */
const busy = `
  const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
  const probe = globalThis[Symbol.for('threadlanes.probe.1')];
  if (!probe) process.exit(0);
  const ACQUIRE = 0x10, ACQUIRED = 0x11, RELEASE = 0x13, PERMIT = 0x1b, FOREVER = -1;
  if (isMainThread) {
    const kept = probe.define({ kind: 'lock', name: 'kept' });
    const hot = probe.define({ kind: 'lock', name: 'hot' });
    const permits = probe.define({ kind: 'semaphore', name: 'permits' });
    const start = (role, workerData) => new Worker(__filename, { name: role, workerData: { role, ...workerData } });
    // One after the other: who is busy makes its first segment when the lock is long held and waited for.
    start('owner', { kept }).on('message', () => {
      start('waiter', { kept }).on('message', () => {
        start('busy', { hot, permits, rounds: Number(process.argv[2]) })
          .on('exit', () => setTimeout(() => process.exit(0), 200));
      });
    });
  } else {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const { role, kept, hot, permits, rounds } = workerData;
    if (role === 'owner') {
      probe.record(ACQUIRED, kept, 1);
      parentPort.postMessage('holds');
      probe.raw.wait(words, 0, 0);
    } else if (role === 'waiter') {
      // Right before the wait: a thread that posts does not wait.
      parentPort.postMessage('waits');
      probe.record(ACQUIRE, kept, 0, FOREVER);
      probe.raw.wait(words, 0, 0);
    } else {
      for (let i = 0; i < rounds; i++) {
        probe.record(ACQUIRED, hot, 1);
        probe.record(RELEASE, hot, 0);
        // No whole number: so long that few events fill a segment.
        probe.record(PERMIT, permits, i + 0.5);
        if (i % 1000 === 0) probe.raw.wait(words, 0, 0, 1);
      }
    }
  }`;

describe('flight recorder', () => {
  it('keeps the end of a run in segments, each of which can be read alone', () =>
    withProgram({ 'main.cjs': busy }, async (folder) => {
      const out = join(folder.path, 'run.lanes');
      const { code, stderr } = await folder.run('main.cjs', {
        // A small ring: no drain fills a segment, however long the collector had to wait.
        settings: { out, keep: '520KB', ringEvents: 1024 },
        after: ['40000'],
      });
      assert.equal(stderr, '');
      assert.equal(code, 0);
      const names = readdirSync(folder.path).filter((name) => name.endsWith('.lanes'));
      const earlier = names.filter(isSegmentName).sort();
      assert.ok(earlier.length >= 5 && earlier.length <= 8 && !earlier.includes('run~0001.lanes'), names.join());
      const bytes = names.reduce((sum, name) => sum + statSync(join(folder.path, name)).size, 0);
      assert.ok(bytes <= 0.75e6, `${bytes} bytes`);

      const row = await readRow(out);
      assert.deepEqual(row.damages, []);
      assert.equal(row.end?.kind, 'end');
      assert.ok((row.traceHeader?.segment ?? 0) > 1);
      assert.equal(row.traceHeader?.since !== undefined, true);
      const own = row.named('lock.acquired', 'lock.release').filter(({ thread }) => thread === 3);
      // Not one is missing, not one is told twice.
      for (let i = 1; i < own.length; i++) assert.notEqual(own[i]?.op, own[i - 1]?.op, `event ${i}`);
      const times = row.allEvents.map(({ t }) => t);
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
      const held = row.named('lock.acquired').filter(({ thread }) => thread === 1);
      assert.equal(held.length, 1);
      assert.equal(row.named('lock.acquire').filter(({ thread }) => thread === 2).length, 1);
      assert.equal(row.threads.get(1)?.name, 'owner');
      assert.equal([...row.objects.values()].find(({ name }) => name === 'kept')?.kind, 'lock');

      for (const name of [...earlier.slice(1), basename(out)]) {
        const alone = Object.assign(new Trace(), { damage: (message: string) => assert.fail(message) });
        await readTrace(readFileSync(join(folder.path, name)), alone);
        assert.equal(alone.named('lock.acquired').filter(({ thread }) => thread === 1).length, 1, name);
        assert.ok(held[0]?.site, name);
      }
      // A later run under the same name leaves nothing of this one.
      await folder.run('main.cjs', { settings: { out }, after: ['10'] });
      assert.deepEqual(readdirSync(folder.path).filter(isSegmentName), []);
    }));

  it('goes on in the eyes of somebody who reads along', () =>
    withProgram({ 'main.cjs': busy }, async (folder) => {
      const out = join(folder.path, 'run.lanes');
      const running = folder.run('main.cjs', { settings: { out, keep: '800KB' }, after: ['20000'] });
      while (!existsSync(out) || statSync(out).size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const trace = Object.assign(new Trace(), { damage: (message: string) => assert.fail(message) });
      const row = new SegmentRow(out, openFile);
      const opened = await openTrace(row, trace);
      assert.ok(opened.ok);
      for (let isOver = false; !isOver; await new Promise((resolve) => setTimeout(resolve, 10))) {
        const read = await opened.value.read();
        assert.ok(read.ok);
        isOver = read.value.ended;
      }
      row.close();
      assert.equal((await running).code, 0);
      assert.equal(trace.traceHeader?.segment, 1);
      assert.ok(readdirSync(folder.path).some(isSegmentName));
      assert.equal(trace.named('lock.acquired').filter(({ thread }) => thread === 3).length, 20_000);
      assert.equal(trace.named('lock.release').filter(({ thread }) => thread === 3).length, 20_000);
      assert.equal(trace.named('lock.acquired').filter(({ thread }) => thread === 1).length, 1);
    }));

  it('says once that its file was removed, and lets the program be', () =>
    withProgram({ 'main.cjs': busy }, async (folder) => {
      const out = join(folder.path, 'run.lanes');
      const running = folder.run('main.cjs', { settings: { out, keep: '500KB' }, after: ['20000'] });
      while (!existsSync(out) || statSync(out).size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      rmSync(out);
      const { code, stderr } = await running;
      assert.equal(code, 0);
      assert.match(stderr, /^threadlanes: recording stopped: [^\n]+\n$/);
    }));

  // A shell limits the size of files as a full disk does.
  if (process.platform === 'linux') {
    it('leaves a whole trace when the disk is full, says so once, and lets the program be', () =>
      withProgram({ 'main.cjs': busy }, async (folder) => {
        const out = join(folder.path, 'run.lanes');
        const script = `ulimit -f 200; exec "${process.env['THREADLANES_TEST_NODE'] ?? process.execPath}" -r "${await builtRecorder()}" main.cjs 20000`;
        const { status, stderr } = spawnSync('sh', ['-c', script], {
          cwd: folder.path,
          encoding: 'utf8',
          env: { ...process.env, NODE_OPTIONS: '', THREADLANES: JSON.stringify({ out, ringEvents: 2048 }) },
        });
        assert.equal(status, 0);
        assert.match(stderr, /^threadlanes: recording stopped: \S+run\.lanes cannot be written: EFBIG[^\n]*\n$/);
        const trace = new Trace();
        const progress = await readTrace(readFileSync(out), trace);
        assert.equal(progress.torn, false);
        assert.ok(trace.allEvents.length > 5000, `${trace.allEvents.length} events`);
      }));
  }

  for (const target of ['/dev/full'].filter((path) => existsSync(path))) {
    it(`says once that ${target} takes nothing, and lets the program be`, () =>
      withProgram({ 'main.cjs': busy }, async (folder) => {
        const { code, stderr } = await folder.run('main.cjs', { settings: { out: target }, after: ['5000'] });
        assert.equal(code, 0);
        assert.match(stderr, /^threadlanes: [^\n]*ENOSPC[^\n]*\n$/);
      }));
  }
});
