// Builds everything that is shipped, under the names that docs/architecture.md gives. `--watch` builds on each change.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { context, build } from 'esbuild';

const require = createRequire(import.meta.url);

/** What runs inside Node: not minified, so that stacks and the code in people's processes stay readable. */
const node = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning', metafile: true };

/** One entry a built file. A bundle carries all it needs; only `vscode` comes from outside. */
export const BUNDLES = [
  { ...node, entryPoints: ['src/extension/extension.ts'], outfile: 'dist/extension.js', external: ['vscode'] },
  { ...node, entryPoints: ['src/indexer/nodeWorker.ts'], outfile: 'dist/indexWorker.js' },
  { ...node, entryPoints: ['src/recorder/register.ts'], outfile: 'dist/register.cjs' },
  { ...node, entryPoints: ['src/recorder/recorder.ts'], outfile: 'dist/recorder.cjs' },
  { ...node, entryPoints: ['src/collector/main.ts'], outfile: 'dist/collector.cjs' },
  { ...node, entryPoints: ['src/recorder/sites/static/main.ts'], outfile: 'dist/sites.cjs' },
  { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.cjs', banner: { js: '#!/usr/bin/env node' } },
  { ...node, entryPoints: ['src/index.ts'], outfile: 'dist/index.cjs' },
  {
    entryPoints: { webview: 'webview/main.ts' },
    outdir: 'dist',
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    minify: true,
    logLevel: 'warning',
    metafile: true,
  },
].filter((options) => Object.values(options.entryPoints).every((entry) => existsSync(entry)));

/** By this line a start knows what V8 compiled of the same content earlier: see `src/recorder/compiledCode.ts`. */
function stamp(path) {
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 32);
  appendFileSync(path, `\n// content ${hash}\n`);
}

/** The ES module entry hands out the classes of the CommonJS one, so that there is one of each in a process. */
function writeModuleEntry() {
  const path = require.resolve('./dist/index.cjs');
  delete require.cache[path];
  const names = Object.keys(require(path)).sort();
  writeFileSync(
    'dist/index.mjs',
    `import library from './index.cjs';\nexport const { ${names.join(', ')} } = library;\n`,
  );
}

function writeDeclarations() {
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { stdio: 'inherit' });
  writeFileSync('dist/index.d.ts', "export * from './types/index.js';\n");
}

mkdirSync('dist', { recursive: true });
if (process.argv.includes('--watch')) {
  for (const options of BUNDLES) await (await context({ ...options, sourcemap: true })).watch();
} else {
  const results = await Promise.all(BUNDLES.map((options) => build(options)));
  const metafiles = Object.fromEntries(
    results.map((result, i) => [BUNDLES[i].outfile ?? 'dist/webview.js', result.metafile.inputs]),
  );
  writeFileSync('dist/inputs.json', JSON.stringify(metafiles, null, 1));
  stamp('dist/recorder.cjs');
  if (existsSync('dist/index.cjs')) writeModuleEntry();
  if (!process.argv.includes('--no-types')) writeDeclarations();
}
