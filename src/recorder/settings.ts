/** Reads the settings of this process. Each wrong value is told in one line, and its default holds. */
import { parseKeep } from '../probe/keep.js';
import type { ProcessSettings, RecorderSettings } from '../probe/settings.js';
import { SETTINGS_VARIABLE } from '../probe/settings.js';

/** The ring of a thread holds this many events: 512 KiB, of which the system gives only what is touched. */
export const DEFAULT_RING_EVENTS = 1 << 14;
const LEAST_RING_EVENTS = 64;
const MOST_RING_EVENTS = 1 << 22;

export const DEFAULT_SITE_BUDGET = 0.02;

interface Field {
  readonly allowed: string;
  readonly isValid: (value: unknown) => boolean;
}

const text: Field = {
  allowed: 'a text that is not empty',
  isValid: (value) => typeof value === 'string' && value !== '',
};
const flag: Field = { allowed: 'true or false', isValid: (value) => typeof value === 'boolean' };

const between = (least: number, most: number): Field => ({
  allowed: `a number from ${least} to ${most}`,
  isValid: (value) => typeof value === 'number' && value >= least && value <= most,
});

const oneOf = (...values: readonly string[]): Field => ({
  allowed: values.map((value) => JSON.stringify(value)).join(' or '),
  isValid: (value) => values.includes(value as string),
});

const FIELDS: Readonly<Record<keyof RecorderSettings, Field>> = {
  out: text,
  dir: text,
  root: text,
  onDeadlock: oneOf('report', 'end'),
  run: text,
  ringEvents: between(1, MOST_RING_EVENTS),
  whenFull: oneOf('wait', 'drop'),
  siteBudget: between(0, 1),
  sites: oneOf('auto', 'dynamic', 'exact'),
  memory: flag,
  keep: {
    allowed: 'an amount such as "1GB" or "10min"',
    isValid: (value) => typeof value === 'string' && parseKeep(value) !== null,
  },
  hide: flag,
  before: { allowed: 'a text or null', isValid: (value) => value === null || typeof value === 'string' },
};

/** The settings in this environment; `complain` is told in one line each what is wrong with them. */
export function readSettings(environment: NodeJS.ProcessEnv, complain: (message: string) => void): RecorderSettings {
  const json = environment[SETTINGS_VARIABLE];
  if (!json) return {};
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    // Told below, with the other ways to be no object.
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    complain(`${SETTINGS_VARIABLE} is not a JSON object; the defaults are used`);
    return {};
  }
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof RecorderSettings] : undefined;
    if (field?.isValid(value)) settings[name] = value;
    else complain(faultOf(name, value, field));
  }
  return settings;
}

function faultOf(name: string, value: unknown, field: Field | undefined): string {
  if (!field) return `${SETTINGS_VARIABLE}: there is no setting ${JSON.stringify(name)}; it is ignored`;
  const given = JSON.stringify(value);
  return `${SETTINGS_VARIABLE}: ${name} is ${given}, allowed is ${field.allowed}; the default is used`;
}

/** Not from `Math.random`: the program's own sequence must not move. */
const newRun = (): string => `${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}`;

/** The settings of this process, which starts a run if it is in none. Takes back what its parent added for us alone. */
export function processSettings(complain: (message: string) => void): ProcessSettings {
  const { before, ...settings } = readSettings(process.env, complain);
  if (before === null) delete process.env[SETTINGS_VARIABLE];
  else if (before !== undefined) process.env[SETTINGS_VARIABLE] = before;
  return { ...settings, run: settings.run ?? newRun() };
}

/** A power of two that is at least 64. */
export function ringEventsOf({ ringEvents = DEFAULT_RING_EVENTS }: RecorderSettings): number {
  return 2 ** Math.ceil(Math.log2(Math.max(ringEvents, LEAST_RING_EVENTS)));
}
