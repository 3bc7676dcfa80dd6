import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { withProgram } from './recordedProgram.js';

const tsx = ['--import', pathToFileURL(createRequire(__filename).resolve('tsx')).href];

/** Line 5 waits, line 9 starts a worker; the types above move what runs. */
const program = `import { Worker } from 'node:worker_threads';
interface Options { readonly limit: number }
type Word = Int32Array<SharedArrayBuffer>;
function pause(word: Word, { limit }: Options): void {
  Atomics.wait(word, 0, 0, limit);
}
enum Kind { Short = 1 }
pause(new Int32Array(new SharedArrayBuffer(4)), { limit: Kind.Short });
new Worker('', { eval: true });
`;

describe('recorder: sources that are compiled in memory', () => {
  for (const file of ['app.ts', 'app.mts', 'app.cts']) {
    it(`${file}, run by tsx: places are those that the person wrote`, () =>
      withProgram({ [file]: program }, async (folder) => {
        const { outcome, trace } = await folder.record(file, { args: tsx });
        assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
        const places = ['word.wait', 'thread.start'].map((name) => {
          const of = trace.named(name).filter(({ site }) => site && trace.files[site.file]?.path === file);
          return of.map(({ site }) => [site?.line, site?.column]);
        });
        assert.deepEqual(places, [[[5, 11]], [[9, 1]]]);
      }));
  }

  it('waits of the loader that Node itself does for the program are not the program’s', () =>
    withProgram(
      {
        'main.mjs': `
          import { register } from 'node:module';
          import { Worker } from 'node:worker_threads';
          new Worker('', { eval: true });
          register('./hooks.mjs', import.meta.url);
          console.log(import.meta.resolve('./x.mjs').endsWith('x.mjs'));
        `,
        'hooks.mjs': `export async function resolve(u, c, n) { await new Promise((r) => setTimeout(r, 20)); return n(u, c); }`,
        'x.mjs': '',
      },
      async (folder) => {
        const { outcome, trace } = await folder.record('main.mjs');
        assert.equal(outcome.stdout, 'true\n');
        assert.deepEqual(trace.named('word.wait', 'word.woken', 'word.unequal'), []);
      },
    ));

  it('a bundle with a map beside it keeps its own places: readers map', () =>
    withProgram(
      {
        'app.cjs': `new (require('node:worker_threads').Worker)('', { eval: true });\n//# sourceMappingURL=app.cjs.map`,
        'app.cjs.map': '{"version":3,"sources":["src/app.ts"],"names":[],"mappings":"AAAA;AAcA"}',
      },
      async (folder) => {
        const { trace } = await folder.record('app.cjs', { args: ['--enable-source-maps'] });
        const [start] = trace.named('thread.start');
        assert.deepEqual([trace.files[start?.site?.file ?? -1]?.path, start?.site?.line], ['app.cjs', 1]);
        assert.equal(trace.files[start?.site?.file ?? -1]?.map, 'app.cjs.map');
      },
    ));
});
