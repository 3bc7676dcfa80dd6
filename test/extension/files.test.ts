import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyRecorder } from '../../src/extension/recorderCopy.js';
import { newTraceFile, traceName } from '../../src/extension/traceFile.js';

describe('files that the extension makes', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'threadlanes-extension-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const now = new Date(2026, 0, 31, 9, 5, 7, 32);

  it('names a trace after its program and the time', () => {
    assert.equal(traceName('/a/b/app.test.ts', now), 'app.test-20260131-090507-032.lanes');
  });

  it('makes the folder of traces, ignored by Git, and leaves one that was there alone', async () => {
    const first = await newTraceFile(folder, '.threadlanes', '/x/app.js', now);
    assert.deepEqual(first, { ok: true, value: join(folder, '.threadlanes', 'app-20260131-090507-032.lanes') });
    assert.equal(readFileSync(join(folder, '.threadlanes', '.gitignore'), 'utf8'), '*\n');
    mkdirSync(join(folder, 'mine'));
    await newTraceFile(folder, 'mine', '/x/app.js', now);
    assert.deepEqual(readdirSync(join(folder, 'mine')), []);
  });

  it('says which folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const none = await newTraceFile(folder, 'file/below', '/x/app.js', now);
    assert.match(none.ok ? '' : none.message, /cannot be written to .*below \(\w+\): choose another folder/);
  });

  it('copies the recorder once for each content, and a second window finds it', async () => {
    const dist = join(folder, 'dist');
    mkdirSync(dist);
    for (const file of ['cli.cjs', 'register.cjs', 'recorder.cjs', 'collector.cjs', 'sites.cjs'])
      writeFileSync(join(dist, file), file);
    const storage = join(folder, 'a storage');
    const [cli, again] = await Promise.all([
      copyRecorder(dist, storage, '1.2.3'),
      copyRecorder(dist, storage, '1.2.3'),
    ]);
    assert.equal(cli, again);
    assert.equal(readFileSync(cli, 'utf8'), 'cli.cjs');
    assert.equal(readFileSync(join(cli, '../register.cjs'), 'utf8'), 'register.cjs');
    writeFileSync(join(dist, 'register.cjs'), 'other');
    const other = await copyRecorder(dist, storage, '1.2.3');
    assert.notEqual(other, cli);
    assert.equal(readFileSync(join(other, '../register.cjs'), 'utf8'), 'other');
    assert.equal(readdirSync(join(storage, 'recorder')).length, 2);
  });
});
