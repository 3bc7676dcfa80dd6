// Bundles what runs inside the extension host, and what launchers need of the tests' data.
import { resolve } from 'node:path';
import { build } from 'esbuild';

const out = '.test-output/host';

/** @returns the paths of the suite, of the bridge for tests in the browser, and of the programs */
export async function buildSuite() {
  await build({
    entryPoints: {
      suite: 'test/host/suite/index.ts',
      bridge: 'test/host/suite/bridge.ts',
      programs: 'test/host/programs.ts',
    },
    outdir: out,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return {
    suite: resolve(out, 'suite.cjs'),
    bridge: resolve(out, 'bridge.cjs'),
    programs: resolve(out, 'programs.cjs'),
  };
}
