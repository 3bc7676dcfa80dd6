import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { recordCommand } from '../../src/extension/recordArguments.js';
import type { NodeVersion } from '../../src/base/typescriptRuntime.js';
import { chooseRuntime, isNode } from '../../src/extension/runtime.js';
import type { TraceSettings } from '../../src/extension/traceSettings.js';

const plain: TraceSettings = {
  runtime: '',
  runtimeArguments: [],
  programArguments: [],
  environment: {},
  cwd: '',
  traceFolder: '.threadlanes',
};
const tsx = join('/app', 'node_modules', 'tsx', 'dist', 'loader.mjs');
const loader = pathToFileURL(tsx).href;

describe('the runtime of a program', () => {
  it('knows Node by its name only', () => {
    const names = [
      'node',
      '/usr/bin/node',
      'C:\\Program Files\\nodejs\\node.exe',
      'nodejs',
      'bun',
      '/x/tsx',
      'nodemon',
    ];
    assert.deepEqual(names.map(isNode), [true, true, true, true, false, false, false]);
  });

  const choices: readonly [string, string, Partial<TraceSettings>, NodeVersion | null, string | null, unknown][] = [
    ['JavaScript', 'a.js', {}, [20, 0], tsx, { executable: 'node', options: [] }],
    ['a file that Node may know', 'a', {}, [20, 0], null, { executable: 'node', options: [] }],
    ['TypeScript with a local tsx', 'a.ts', {}, [24, 0], tsx, { executable: 'node', options: ['--import', loader] }],
    ['TypeScript without, new Node', 'a.mts', {}, [24, 0], null, { executable: 'node', options: [] }],
    [
      'the person chose a loader',
      'a.ts',
      { runtimeArguments: ['--import=./mine.js'] },
      [20, 0],
      tsx,
      { executable: 'node', options: ['--import=./mine.js'] },
    ],
    [
      'another runtime',
      'a.tsx',
      { runtime: '/opt/bun', runtimeArguments: ['run'] },
      null,
      tsx,
      { executable: '/opt/bun', options: ['run'] },
    ],
    [
      'options stay first',
      'a.ts',
      { runtimeArguments: ['--enable-source-maps'] },
      [22, 6],
      null,
      { executable: 'node', options: ['--enable-source-maps', '--experimental-strip-types'] },
    ],
  ];
  for (const [what, program, settings, version, loaderPath, expected] of choices) {
    it(`chooses for ${what}`, () => {
      assert.deepEqual(chooseRuntime(`/app/${program}`, { ...plain, ...settings }, version, loaderPath), {
        ok: true,
        value: expected,
      });
    });
  }

  it('says in one sentence what is missing', () => {
    const old = chooseRuntime('/app/a.js', plain, [18, 20], null);
    assert.match(old.ok ? '' : old.message, /needs Node 20 or newer, and node is Node 18\.20\.$/);
    for (const [program, version] of [
      ['a.ts', [20, 20]],
      ['a.tsx', [24, 0]],
    ] as const) {
      const none = chooseRuntime(`/app/${program}`, plain, version, null);
      assert.match(
        none.ok ? '' : none.message,
        /cannot run a\.tsx? by itself: install tsx .* or set threadlanes\.runtime/,
      );
    }
  });

  it('records with the same Node that runs the program, or with the node of the terminal', () => {
    const command = recordCommand(
      '/s/cli.cjs',
      '/t/a.lanes',
      { executable: '/n/node', options: ['-C', 'x'] },
      '/app/a.js',
      {
        ...plain,
        programArguments: ['one two', '--flag'],
      },
      null,
    );
    assert.equal(command.executable, '/n/node');
    assert.deepEqual(command.arguments, [
      ...['/s/cli.cjs', 'record', '-o', '/t/a.lanes', '--'],
      ...['/n/node', '-C', 'x', '/app/a.js', 'one two', '--flag'],
    ]);
    const other = recordCommand('c', 't', { executable: 'bun', options: [] }, 'a.ts', plain, null);
    assert.equal(other.executable, 'node');
  });

  it('starts in a folder that the terminal cannot be told', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "threadlanes it's a folder-")));
    try {
      const cli = join(folder, 'cli.cjs');
      writeFileSync(cli, 'console.log(JSON.stringify([process.cwd(), process.argv.slice(2, 5)]))');
      const runtime = { executable: 'bun', options: [] };
      const command = recordCommand(cli, 'a.lanes', runtime, 'a.ts', plain, folder);
      const output = execFileSync(process.execPath, command.arguments, { encoding: 'utf8', cwd: '/' });
      assert.deepEqual(JSON.parse(output), [folder, ['record', '-o', 'a.lanes']]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
