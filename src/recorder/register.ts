/** The preload: `node -r register.cjs`. It runs the recorder. */
import { join } from 'node:path';
import { runCompiled } from './compiledCode.js';
import { forgetModule } from './ownModules.js';
import { stderrLine } from './stderrLine.js';

forgetModule(__filename);
try {
  runCompiled(join(__dirname, 'recorder.cjs'), __filename);
} catch (error) {
  stderrLine(`recording is off: ${error instanceof Error ? error.message : String(error)}`);
}
