/** Targets in TypeScript: by Node itself from 22.18, and under tsx. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { executable, major } from '../recorder/recordedProgram.js';
import { builtFolder } from './library.js';

const tsx = pathToFileURL(createRequire(__filename).resolve('tsx')).href;

const body = `
interface Box { n: number }
const add = (box: Box): number => box.n + 1;
WORK
if (isMainThread) {
  const thread = new Thread(work, [{ n: 1 } as Box]);
  thread.start();
  try { thread.join(); console.log(thread.result); } catch (error) { console.log(String(error)); }
  const future: Future<number> = new ThreadPoolExecutor({ maxWorkers: 1 }).submit(work, { n: 2 });
  try { console.log(future.result()); } catch (error) { console.log(String(error)); }
}
`;

const programs = {
  mts: `import { isMainThread } from 'node:worker_threads';
    import library from './index.cjs';
    import type { Future } from 'threadlanes';
    const { Thread, ThreadPoolExecutor, threadFunction } = library;
    ${body.replace('WORK', "export const work = threadFunction(import.meta.url, 'work', add);")}`,
  cts: `const { isMainThread } = require('node:worker_threads');
    const { Thread, ThreadPoolExecutor, threadFunction } = require('./index.cjs');
    type Future<T> = import('threadlanes').Future<T>;
    ${body.replace('WORK', "const work = (exports.work = threadFunction(__filename, 'work', add));")}`,
} as const;

describe('targets in TypeScript', function () {
  const run = (kind: keyof typeof programs, flags: readonly string[]): string => {
    const file = join(builtFolder(), `typed.${kind}`);
    writeFileSync(file, programs[kind]);
    const env = { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' };
    const { stdout, stderr } = spawnSync(executable, [...flags, file], { encoding: 'utf8', timeout: 60_000, env });
    return stdout === '' ? stderr : stdout;
  };
  const kinds = Object.keys(programs) as (keyof typeof programs)[];

  for (const kind of kinds) {
    it(`.${kind}, by Node itself`, function () {
      if (major < 22) this.skip();
      assert.equal(run(kind, []), '2\n3\n');
    });

    it(`.${kind}, under tsx`, () => {
      const output = run(kind, ['--import', tsx]);
      if (major >= 22) assert.equal(output, '2\n3\n');
      else {
        const told = `TypeError: file:.*typed\\.${kind}: this Node \\(v20.*\\) cannot run TypeScript in threads, .* 22\\.18 .*\n`;
        assert.match(output, new RegExp(`^${told}${told}$`));
      }
    });
  }
});
