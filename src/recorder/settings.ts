import type { RecorderSettings } from '../probe/settings.js';
import { SETTINGS_VARIABLE } from '../probe/settings.js';

/** The ring of a thread holds this many events: 512 KiB, of which the system gives only what is touched. */
export const DEFAULT_RING_EVENTS = 1 << 14;
export const DEFAULT_SITE_BUDGET = 0.02;

/** The settings of this process. What cannot be read is told to `complain`, and the defaults hold. */
export function readSettings(environment: NodeJS.ProcessEnv, complain: (message: string) => void): RecorderSettings {
  const text = environment[SETTINGS_VARIABLE];
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, with the other ways to be no object.
  }
  complain(`${SETTINGS_VARIABLE} is not a JSON object; the defaults are used`);
  return {};
}

/** A power of two that is at least 64. */
export function ringEventsOf(settings: RecorderSettings): number {
  const wanted = settings.ringEvents;
  if (typeof wanted !== 'number' || !(wanted >= 1)) return DEFAULT_RING_EVENTS;
  return 2 ** Math.ceil(Math.log2(Math.min(Math.max(wanted, 64), 1 << 22)));
}
