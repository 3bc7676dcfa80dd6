/** Libraries that people use worker threads through: the same with the recorder and without it, and seen by it. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bringLibraries } from './installed.js';
import { programs } from './programs.js';
import type { Outcome, ProgramFolder } from '../recorder/recordedProgram.js';
import { builtRecorder, major, withProgram } from '../recorder/recordedProgram.js';

const require = createRequire(__filename);
const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/**
 * Durations, times, process ids and the order in which files end are matters of chance. So is which of its two ways Node
 * takes to go on after an `await`: only one of them stands in stacks. Durations in brackets stand only where something
 * was slow.
 */
function comparable(text: string): string[] {
  return text
    .replace(/ ?\(\d+(\.\d+)? ?m?s\)/g, '')
    .replace(/\b\d+(\.\d+)? ?m?s\b|duration_ms[: ]+[\d.]+|\d\d:\d\d:\d\d/g, '(time)')
    .replace(/ +# time=.*$/gm, '')
    .replace(/\(node:\d+\)/g, '(node)')
    .split('\n')
    .filter((line) => !/^ +at .*recorder\.cjs:\d+:\d+\)?$|^ +(at )?process\.processTicksAndRejections \(/.test(line))
    .map((line) => line.trimEnd().replace(/^(not )?ok \d+/, '$1ok'))
    .sort();
}

const same = ({ stdout, stderr, ...rest }: Outcome): unknown => ({
  ...rest,
  stdout: comparable(stdout),
  stderr: comparable(stderr),
});

async function tracesOf(folder: ProgramFolder): Promise<Awaited<ReturnType<ProgramFolder['readTrace']>>[]> {
  return Promise.all(folder.traceFiles().map((file) => folder.readTrace(file)));
}

describe('ecosystem', () => {
  let modules = '';
  before(async function () {
    const brought = bringLibraries();
    if ('reason' in brought) {
      console.log(`The libraries could not be brought: ${brought.reason}`);
      return this.skip();
    }
    modules = brought.modules;
    await builtRecorder();
  });

  for (const [
    name,
    { files, run, after = [], isChild = false, threads, messages, events = [], from = 20 },
  ] of Object.entries(programs)) {
    it(name, function () {
      if (major < from) {
        this.runnable().title += ` (asks for Node ${from})`;
        return this.skip();
      }
      return withProgram(files, async (folder) => {
        symlinkSync(modules, join(folder.path, 'node_modules'), 'junction');
        const env = { NODE_OPTIONS: '', MOCHA: folderOf('mocha'), TSX: folderOf('tsx'), CI: '1', NO_COLOR: '1' };
        const plain = await folder.run(run, { record: false, after, env });
        // The command line of a library is in another package than the program.
        const settings = { dir: join(folder.path, '.threadlanes'), root: folder.path };
        const options = `-r ${await builtRecorder()}`;
        const recorded = isChild
          ? await folder.run(run, { settings, record: false, after, env: { ...env, NODE_OPTIONS: options } })
          : await folder.run(run, { settings, after, env });
        assert.notEqual(plain.stdout + plain.stderr, '');
        assert.deepEqual(same(recorded), same(plain));

        const traces = await tracesOf(folder);
        const count = (...names: string[]): number =>
          traces.reduce((sum, trace) => sum + trace.named(...names).length, 0);
        assert.ok(count('thread.start') >= threads, `${count('thread.start')} threads`);
        // One that is ended at once may never begin.
        assert.ok(count('thread.begin') >= threads + traces.length, `${count('thread.begin')} threads have begun`);
        assert.ok(count('port.receive') >= messages, `${count('port.receive')} messages`);
        for (const event of events) assert.ok(count(event) > 0, event);
        for (const trace of traces) assert.ok(trace.end, 'the trace has an end');
      });
    });
  }
});
