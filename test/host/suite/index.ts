/** What every launcher hands to VS Code as `extensionTestsPath`: runs the suite inside the extension host. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { format } from 'node:util';
import Mocha from 'mocha';

/** The launcher's file for what the suite prints; its result goes beside it. Without it: stdout. */
const output = process.env['THREADLANES_SUITE_OUTPUT'];

export async function run(): Promise<void> {
  if (output !== undefined) {
    Mocha.reporters.Base.consoleLog = (...text: unknown[]) => appendFileSync(output, `${format(...text)}\n`);
  }
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000 });
  if (process.env['THREADLANES_SUITE_GREP'] !== undefined) mocha.grep(process.env['THREADLANES_SUITE_GREP']);
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
  await import('./editor.test.js');
  await import('./recording.test.js');
  const { passes, failures, pending } = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() =>
      resolve(runner.stats ?? { passes: 0, failures: 1, pending: 0, suites: 0, tests: 0 }),
    );
  });
  if (output !== undefined) writeFileSync(`${output}.json`, JSON.stringify({ passes, failures, pending }));
  if (failures > 0 || passes === 0) throw new Error(`${failures} tests failed`);
}
