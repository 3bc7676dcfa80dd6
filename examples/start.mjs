// `npm start`: records the deadlock example until it is stuck, checks the trace, and says how to look at it.
import { EXAMPLES } from './catalogue.mjs';
import { showExample } from './showExample.mjs';

async function start() {
  const { trace, hasFindings } = await showExample(EXAMPLES.find(({ name }) => name === 'deadlock'));
  if (!hasFindings) throw new Error('the check should have found the deadlock');
  console.log(`
The trace is ${trace}. To look at it, install the extension and open the file in VS Code:

  npm run package && code --install-extension threadlanes.vsix && code ${trace}

More programs to look at: npm run example`);
}

await start().catch((error) => {
  console.error(`npm start: ${error.message}`);
  process.exitCode = 1;
});
