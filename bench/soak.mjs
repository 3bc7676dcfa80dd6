// Bundles the soak as the benchmarks are bundled, and runs it: `npm run soak`, `npm run soak -- 3` for three minutes.
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';

execFileSync(process.execPath, ['esbuild.mjs', '--no-types'], { stdio: 'inherit' });
const outfile = 'dist/bench/soak.cjs';
await build({ entryPoints: ['bench/soak/soak.ts'], outfile, bundle: true, platform: 'node', packages: 'external' });
try {
  execFileSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
} catch {
  process.exitCode = 1;
}
