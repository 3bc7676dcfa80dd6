import assert from 'node:assert/strict';
import { build, clean, Folder } from './commandLine.js';

interface Verdict {
  readonly statistics?: { readonly elapsedMs: number; readonly criticalPath: { readonly totalMs: number } };
}

describe('threadlanes check --statistics', () => {
  let folder: Folder;
  before(() => {
    build();
    folder = new Folder();
    folder.write('clean.lanes.ndjson', clean);
  });
  after(() => folder.remove());

  it('adds what the time went into, in text and JSON', () => {
    const { code, stdout, stderr } = folder.run(['check', '--statistics', 'clean.lanes.ndjson']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^statistics\n {2}[\d.]+ threads ran on average/);
    const json = folder.run(['check', '--statistics', '--format', 'json', 'clean.lanes.ndjson']);
    const { statistics } = JSON.parse(json.stdout) as Verdict;
    assert.equal(statistics?.elapsedMs, 3);
    assert.equal(statistics.criticalPath.totalMs, 3);
    assert.equal(
      folder.run(['check', '--statistics', '--format', 'json', 'clean.lanes.ndjson']).stdout,
      json.stdout,
      'the same bytes each time',
    );
  });

  it('leaves it out when it is not asked for', () => {
    const { stdout } = folder.run(['check', '--format', 'json', 'clean.lanes.ndjson']);
    assert.equal((JSON.parse(stdout) as Verdict).statistics, undefined);
  });
});
