import assert from 'node:assert/strict';
import { goker } from './goker.js';
import { helgrind } from './helgrind.js';
import { java } from './java.js';
import { lockdep } from './lockdep.js';
import { summary, verdictOf, type Scenario } from './scenario.js';
import { threadSanitizer } from './threadSanitizer.js';

const corpora: Readonly<Record<string, readonly Scenario[]>> = {
  "the Linux lock validator's self-test": lockdep,
  "GoBench's GoKer": goker,
  "ThreadSanitizer's deadlock detector": threadSanitizer,
  "Helgrind's lock orders": helgrind,
  "Java's search for deadlocks": java,
};

describe('programs that others know', () => {
  for (const [source, scenarios] of Object.entries(corpora)) {
    describe(source, () => {
      for (const scenario of scenarios) {
        const { name, expected, asYet } = scenario;
        it(name, async () => {
          const told = summary(await verdictOf(scenario));
          assert.deepEqual(told, asYet ?? expected);
          // Where the right thing is told at last, nothing else stands here.
          assert.notDeepEqual(asYet, expected);
        });
      }
    });
  }
});
