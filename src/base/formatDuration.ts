const noBreakSpace = '\u00a0';

const units: readonly (readonly [limitMs: number, perUnitMs: number, unit: string])[] = [
  [0.001, 1e-6, 'ns'],
  [1, 1e-3, 'µs'],
  [1000, 1, 'ms'],
  [Infinity, 1000, 's'],
];

/** A duration in the unit that gives two or three digits, joined by a no-break space: `41.1 s`, `307 ms`. */
export function formatDuration(millis: number): string {
  const [, perUnit, unit] = units.find(([limit]) => Math.abs(millis) < limit) as (typeof units)[number];
  const value = millis / perUnit;
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 || unit === 'ns' ? 0 : magnitude >= 10 ? 1 : 2;
  return `${value === 0 ? '0' : value.toFixed(digits)}${noBreakSpace}${unit}`;
}

/** A point in time as the axis and the findings say it: seconds with milliseconds, `12.402 s`. */
export function formatTime(millis: number): string {
  return `${(millis / 1000).toFixed(3)}${noBreakSpace}s`;
}
