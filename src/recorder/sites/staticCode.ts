/** Whether calls are numbered when code is loaded, and what that needs: registers, the load hook, functions' own texts. */
import type { RecorderSettings } from '../../probe/settings.js';
import { filterFunctionText } from '../functionText.js';
import { load } from '../raw.js';
import { authorsText } from './editedText.js';
import { FileReader } from './fileReader.js';
import { hookLoading } from './loadHook.js';
import { NumberedCode } from './numberedCode.js';
import { publishRegisters } from './registers.js';

/** Arguments of Node under which the code stays as it is: what looks at it then shows it to a person. */
const watching = /(?:^|\s)--(?:inspect|experimental-test-coverage\b)/;

/** A debugger or coverage shows the code that runs. */
function isCodeWatched(): boolean {
  const { NODE_OPTIONS = '', NODE_V8_COVERAGE } = process.env;
  if (NODE_V8_COVERAGE || watching.test([...process.execArgv, NODE_OPTIONS].join(' '))) return true;
  const { moduleLoadList = [] } = process as { readonly moduleLoadList?: readonly string[] };
  if (!moduleLoadList.includes('NativeModule inspector')) return false;
  return (load('node:inspector') as { url(): string | undefined }).url() !== undefined;
}

/** Numbers the calls of all code that this thread loads from now on; null where the settings or a debugger say no. */
export function numberLoadedCode(settings: RecorderSettings, ownFile: string): NumberedCode | null {
  if ((settings.sites ?? 'auto') !== 'auto' || isCodeWatched()) return null;
  const code = new NumberedCode();
  publishRegisters();
  filterFunctionText((text) => authorsText(code, text));
  hookLoading(new FileReader(code, ownFile, settings.memory === true));
  return code;
}
