import { SETTINGS_VARIABLE, type RecorderSettings } from '../../probe/settings.js';

/** The environment in which every Node process loads the recorder: what the person has set there stays. */
export function recordingEnvironment(
  environment: NodeJS.ProcessEnv,
  register: string,
  settings: RecorderSettings,
): NodeJS.ProcessEnv {
  return {
    ...environment,
    NODE_OPTIONS: withPreload(environment['NODE_OPTIONS'] ?? '', register),
    [SETTINGS_VARIABLE]: JSON.stringify({ ...settingsIn(environment[SETTINGS_VARIABLE]), ...settings }),
  };
}

/** Node reads its options as words between blanks, or between quotes with backslash escapes. */
function withPreload(options: string, register: string): string {
  const preload = `--require "${register.replace(/["\\]/g, '\\$&')}"`;
  return options.includes(preload) ? options : [options.trim(), preload].filter((part) => part !== '').join(' ');
}

function settingsIn(text: string | undefined): RecorderSettings {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
