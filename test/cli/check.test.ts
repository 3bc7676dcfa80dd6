import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { build, clean, cli, deadlock, Folder, header } from './commandLine.js';

describe('threadlanes check', function () {
  let folder: Folder;
  before(() => {
    build();
    folder = new Folder();
    folder.write('deadlock.lanes.ndjson', deadlock);
    folder.write('clean.lanes.ndjson', clean);
    mkdirSync(folder.file('empty'));
  });
  after(() => folder.remove());

  it('says what is wrong and fails', () => {
    const { code, stdout, stderr } = folder.run(['check', 'deadlock.lanes.ndjson']);
    assert.match(stdout, /^deadlock \(certain\): worker "writer" and worker "reader"/);
    assert.match(stdout, /1 error in /);
    assert.deepEqual([code, stderr], [1, '']);
  });

  it('says that nothing is wrong and succeeds', () => {
    const { code, stdout, stderr } = folder.run(['check', 'clean.lanes.ndjson']);
    assert.match(stdout, /^Nothing stuck, nothing slow: /);
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('prints JSON, the same bytes each time', () => {
    const one = folder.run(['check', '--format', 'json', 'deadlock.lanes.ndjson']);
    const { findings } = JSON.parse(one.stdout) as { findings: { id: string }[] };
    assert.deepEqual(
      findings.map(({ id }) => id),
      ['deadlock'],
    );
    assert.equal(folder.run(['check', '--format', 'json', 'deadlock.lanes.ndjson']).stdout, one.stdout);
  });

  it('takes several traces: JSON is a list, the worst decides', () => {
    const { code, stdout } = folder.run(['check', '--format', 'json', 'clean.lanes.ndjson', 'deadlock.lanes.ndjson']);
    const verdicts = JSON.parse(stdout) as { trace: { file: string } }[];
    assert.deepEqual(
      verdicts.map(({ trace }) => trace.file),
      ['clean.lanes.ndjson', 'deadlock.lanes.ndjson'],
    );
    assert.equal(code, 1);
  });

  it('reads standard input', () => {
    assert.equal(folder.run(['check', '-'], { input: deadlock }).code, 1);
    assert.equal(folder.run(['check', '-'], { input: clean }).code, 0);
  });

  const failOn: readonly (readonly [what: string, code: number])[] = [
    ['error', 1],
    ['warning', 1],
    ['deadlock', 1],
    ['contention', 0],
    ['none', 0],
    ['contention, deadlock', 1],
  ];
  for (const [what, code] of failOn) {
    it(`--fail-on "${what}" gives ${code} for a deadlock`, () => {
      assert.equal(folder.run(['check', '--fail-on', what, 'deadlock.lanes.ndjson']).code, code);
    });
  }

  const unreadable: Readonly<Record<string, readonly [content: string | null, sentence: RegExp]>> = {
    'missing.lanes': [null, /missing\.lanes: There is no such file/],
    'empty.lanes': ['', /empty\.lanes: The file is empty/],
    'text.lanes': ['once upon a time', /text\.lanes: The file is not a Threadlanes trace/],
    'other.lanes': ['{"traceEvents":[]}\n', /other\.lanes: The file is not a Threadlanes trace/],
    'newer.lanes': [header.replace(':1,', ':99,'), /newer\.lanes: .*version 99/],
    'torn.lanes': ['\x89LANES\r\n\x01', /torn\.lanes: The file ends within its first bytes/],
    empty: [null, /empty: It is a folder without traces \(\.lanes, /],
  };
  for (const [name, [content, sentence]] of Object.entries(unreadable)) {
    it(`says in one sentence that it cannot read ${name}`, () => {
      if (content !== null) folder.write(name, Buffer.from(content, 'latin1'));
      const { code, stdout, stderr } = folder.run(['check', name]);
      assert.deepEqual([code, stdout], [3, '']);
      assert.match(stderr, sentence);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    });
  }

  const wrongUse: readonly (readonly string[])[] = [
    ['check', '--nonsense', 'clean.lanes.ndjson'],
    ['check', '--format', 'xml', 'clean.lanes.ndjson'],
    ['check', '--write-baseline', 'clean.lanes.ndjson'],
    ['check', '--baseline', 'missing.json', 'clean.lanes.ndjson'],
    ['check', '--baseline', 'empty', 'clean.lanes.ndjson'],
    ['check', '--baseline', 'deadlock.lanes.ndjson', 'clean.lanes.ndjson'],
    ['check', '--suppress', 'missing.json', 'clean.lanes.ndjson'],
    ['check', '--suppress', 'package.json', 'clean.lanes.ndjson'],
    ['check', '--output', 'clean.lanes.ndjson', 'clean.lanes.ndjson'],
    ['check', '--output', 'package.json', '--suppress', './package.json', 'clean.lanes.ndjson'],
    ['check', '--fail-on', 'Deadlock!', 'clean.lanes.ndjson'],
    ['check', '--fail-on', 'dead-lock', 'clean.lanes.ndjson'],
    ['check', '--fail-on', 'error,', 'clean.lanes.ndjson'],
    ['check'],
    ['nonsense'],
    ['export', 'clean.lanes.ndjson'],
  ];
  for (const args of wrongUse) {
    it(`says in one line what is wrong with: ${args.join(' ')}`, () => {
      const { code, stdout, stderr } = folder.run(args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^threadlanes: [^\n]+\n$/);
    });
  }

  it('lists the formats that there are', () => {
    const { stderr } = folder.run(['check', '--format', 'xml', 'clean.lanes.ndjson']);
    assert.match(stderr, /'xml' is invalid\. Allowed choices are text, unix, json, sarif, github, markdown\.$/m);
  });

  it('lists what --fail-on takes', () => {
    const { stderr } = folder.run(['check', '--fail-on', 'contenton', 'clean.lanes.ndjson']);
    assert.match(stderr, / error, warning, note, none, deadlock, .*\bcontention, .*not "contenton"/);
  });

  it('colours only where that is asked for', () => {
    const text = folder.run(['check', 'deadlock.lanes.ndjson'], { env: { CI: 'true' } }).stdout;
    assert.ok(!text.includes('\x1b'));
    const colored = folder.run(['check', 'deadlock.lanes.ndjson'], { env: { FORCE_COLOR: '1' } }).stdout;
    assert.ok(colored.includes('\x1b['));
  });

  it('prints its version and its help', () => {
    assert.match(folder.run(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
    const { code, stdout } = folder.run(['--help']);
    assert.equal(code, 0);
    for (const command of ['record', 'check', 'dump', 'export'])
      assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
  });
});

describe('threadlanes dump and export', () => {
  let folder: Folder;
  before(() => {
    build();
    folder = new Folder();
    folder.write('deadlock.lanes.ndjson', deadlock);
  });
  after(() => folder.remove());

  it('dump prints an event a line, with names', () => {
    const lines = folder.run(['dump', 'deadlock.lanes.ndjson']).stdout.trimEnd().split('\n');
    assert.equal(lines.length, 5);
    assert.match(lines[0] ?? '', /^ +1\.000000 {2}writer {2}lock\.acquired cache {2}.*src\/store\.ts:41:3$/);
    const word = {
      op: 'word.write',
      by: 'add',
      t: 1,
      th: 1,
      o: 7,
      arg: 1,
      new: 2,
      at: 'a.js:3:5',
      stack: ['b.js:8:1'],
    };
    folder.write('word.lanes.ndjson', `{"threadlanes":1}\n${JSON.stringify(word)}\n{"t":2,"end":"clean"}\n`);
    const text = folder.run(['dump', 'word.lanes.ndjson']).stdout;
    assert.match(text, /word\.write .*by=add old=1 new=2 {2}a\.js:3:5 < b\.js:8:1$/m);
    assert.match(lines[4] ?? '', /\[end\] {2}end="killed"/);
  });

  it('export writes all records, to stdout or a file, and they read back the same', () => {
    const { stdout, code } = folder.run(['export', '--to', 'ndjson', 'deadlock.lanes.ndjson']);
    assert.equal(code, 0);
    assert.equal(folder.run(['export', '--to', 'ndjson', '-'], { input: stdout }).stdout, stdout);
    assert.equal(folder.run(['export', '--to', 'ndjson', '-o', 'again.ndjson', 'deadlock.lanes.ndjson']).code, 0);
    assert.equal(folder.run(['export', '--to', 'ndjson', 'again.ndjson']).stdout, stdout);
  });

  it('export says in one line that it cannot write', () => {
    const { code, stderr } = folder.run(['export', '--to', 'ndjson', '-o', 'no/such/folder', 'deadlock.lanes.ndjson']);
    assert.equal(code, 2);
    assert.match(stderr, /^threadlanes: no\/such\/folder cannot be written: [^\n]+\n$/);
  });

  it('is quiet when its reader has seen enough', function () {
    if (process.platform === 'win32') this.skip();
    const event = '{"t":1,"th":1,"op":"lock.acquired","o":7}\n{"t":1,"th":1,"op":"lock.release","o":7}\n';
    folder.write('long.lanes.ndjson', header + event.repeat(50_000));
    const { stderr, stdout } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${cli}" dump long.lanes.ndjson | head -n 1`],
      { cwd: folder.path, encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    assert.equal(stdout.split('\n').length, 2);
  });
});
