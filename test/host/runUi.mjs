// Runs tests that drive the workbench page, and says how many passed.
import Mocha from 'mocha';

/** @param declare calls `describe` and `it` */
export async function runUi(declare) {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 120_000 });
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
  declare();
  const { passes, failures, pending } = await new Promise((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
  });
  return { passed: passes, failed: failures, skipped: pending };
}
