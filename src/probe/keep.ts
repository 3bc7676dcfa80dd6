/** How much of the end of a run a flight recorder keeps: by size, or by time. */
export type Keep = { readonly bytes: number } | { readonly ms: number };

const BYTES: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9 };
const MILLIS: Readonly<Record<string, number>> = { s: 1e3, min: 60e3, h: 3600e3, d: 86_400e3 };

const amount = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i;

/** `1GB`, `200MB`, `10min`, `2h`; null when the text is no such amount. */
export function parseKeep(text: string): Keep | null {
  const [, digits, unit = ''] = amount.exec(text) ?? [];
  const number = Number(digits);
  if (!(number > 0)) return null;
  const name = unit.toLowerCase();
  const bytes = BYTES[name];
  if (bytes !== undefined) return { bytes: number * bytes };
  const ms = MILLIS[name];
  return ms === undefined ? null : { ms: number * ms };
}
