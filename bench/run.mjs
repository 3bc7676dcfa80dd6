// Bundles the benchmarks as the product is bundled, and runs them: `npm run bench`, `npm run bench -- timeline`.
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';

execFileSync(process.execPath, ['esbuild.mjs', '--no-types'], { stdio: 'inherit' });
// Two levels deep, as the sources are: what they name is found from the root.
const outfile = 'dist/bench/run.cjs';
await build({ entryPoints: ['bench/run.ts'], outfile, bundle: true, platform: 'node', packages: 'external' });
execFileSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
