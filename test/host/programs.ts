/** The folder that the tests in VS Code open: programs that hang, end, fail, and files that are no traces. */
import { lineOf, opposite, VARIATIONS } from '../acceptance/programs.js';

const [variation] = VARIATIONS;
if (variation === undefined) throw new Error('there is no program');

/** Two locks in opposite orders: hangs. */
export const HANGING = opposite(variation);

/** Names of its threads and locks. */
export const NAMES = { threads: variation.names, locks: variation.objects };

/** The line where the first thread waits for its second lock. */
export const WAITING_LINE = lineOf(HANGING, 'waits-a');
export const OTHER_WAITING_LINE = lineOf(HANGING, 'waits-b');

export const FILES: Readonly<Record<string, string>> = {
  'hang.js': HANGING,
  'plain.js': "process.stdout.write('one thread\\n');\n",
  'failing.js': 'process.exitCode = 3;\n',
  'worker.js': `const { Worker } = require('node:worker_threads');
new Worker('require("node:worker_threads").parentPort.postMessage(process.argv.slice(2))', { eval: true, argv: process.argv.slice(2) });
`,
  'notes.txt': 'not a program\n',
  'empty.lanes': '',
  'other.lanes': 'This is a text, and no trace.\n',
};
