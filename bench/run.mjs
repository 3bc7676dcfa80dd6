// Bundles the benchmarks as the product is bundled, and runs them: `npm run bench`, `npm run bench -- timeline`.
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';

execFileSync(process.execPath, ['esbuild.mjs', '--no-types'], { stdio: 'inherit' });
const outfile = 'dist/bench.cjs';
await build({ entryPoints: ['bench/run.ts'], outfile, bundle: true, platform: 'node', packages: 'external' });
execFileSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
