// Bundles the benchmarks as the product is bundled, and runs them: `npm run bench`, `npm run bench -- timeline`.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';
import { bringNodes } from '../test/nodes.mjs';

execFileSync(process.execPath, ['esbuild.mjs', '--no-types'], { stdio: 'inherit' });
const options = { bundle: true, platform: 'node', packages: 'external', logLevel: 'warning' };
// Two levels deep, as the sources are: what they name is found from the root.
const outfile = 'dist/bench/run.cjs';
await build({ ...options, entryPoints: ['bench/run.ts'], outfile });
// Programs that run in processes of their own, with and without the recorder. Apart from what is built, which is not
// numbered; they take the library as it is built.
const programs = readdirSync('bench/recorder').map((name) => `bench/recorder/${name}`);
await build({ ...options, entryPoints: programs, outdir: '.test-output/bench', outExtension: { '.js': '.cjs' } });
const threading = readdirSync('bench/threading').map((name) => `bench/threading/${name}`);
await build({
  ...options,
  entryPoints: threading,
  outdir: '.test-output/bench/threading',
  outExtension: { '.js': '.cjs' },
});
const asked = process.argv.slice(2);
const needsNodes = asked.length === 0 || asked.includes('recorder') || asked.includes('threading');
const nodes = needsNodes ? bringNodes() : [];
const env = { ...process.env, THREADLANES_BENCH_NODES: JSON.stringify(nodes) };
execFileSync(process.execPath, [outfile, ...asked], { stdio: 'inherit', env });
