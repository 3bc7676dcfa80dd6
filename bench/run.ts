/** `npm run bench`, or `npm run bench -- timeline`: seeded, ratios in one run. */
import { arch, cpus, platform } from 'node:os';
import { benchRecorder } from './recorder.js';
import { benchThreading } from './threading.js';
import { benchTimeline } from './timeline.js';
import { benchTrace } from './trace.js';

const BENCHES: Readonly<Record<string, () => Promise<void> | void>> = {
  recorder: benchRecorder,
  trace: benchTrace,
  timeline: benchTimeline,
  threading: benchThreading,
};

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  console.log(
    `Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}`,
  );
  for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) await BENCHES[name]?.();
}

void main();
