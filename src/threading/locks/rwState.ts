/** Who holds a lock for readers and writers: one word, which changes by one exchange. */
import { describe, type Named } from '../crossing/handle.js';
import { raw } from '../recording.js';

/** `STATE`: how many read, or {@link WRITTEN}; plus {@link AWAITED} when somebody is in the line. */
export const RW_WORD = { STATE: 0, OBJECT: 1 } as const;
export const RW_WORDS = 2;

export const WRITTEN = 1 << 29;
export const AWAITED = 1 << 30;
export const HOLDERS = AWAITED - 1;

/** The two kinds of waiters. */
export const READ = 0;
export const WRITE = 1;
export type Kind = typeof READ | typeof WRITE;

export function holdersOf(cells: Int32Array): number {
  return raw.load(cells, RW_WORD.STATE) & HOLDERS;
}

/** Only when nobody waits: no overtaking. */
export function takeNow(cells: Int32Array, kind: Kind): boolean {
  for (;;) {
    const seen = raw.load(cells, RW_WORD.STATE);
    if (kind === READ ? seen >= WRITTEN : seen !== 0) return false;
    const taken = kind === READ ? seen + 1 : WRITTEN;
    if (raw.compareExchange(cells, RW_WORD.STATE, seen, taken) === seen) return true;
  }
}

/** False when somebody waits for it. Throws when nobody holds it for that. */
export function giveBack(cells: Int32Array, kind: Kind, who: Named): boolean {
  const held = kind === READ ? 1 : WRITTEN;
  for (;;) {
    const seen = raw.load(cells, RW_WORD.STATE);
    checkHeld(seen, kind, who);
    if (seen >= AWAITED) return false;
    if (raw.compareExchange(cells, RW_WORD.STATE, seen, seen - held) === seen) return true;
  }
}

export function checkHeld(state: number, kind: Kind, who: Named): void {
  const holders = state & HOLDERS;
  if (kind === READ ? holders > 0 && holders < WRITTEN : holders === WRITTEN) return;
  const [what, how] = kind === READ ? ['releaseRead', 'reading'] : ['releaseWrite', 'writing'];
  throw new Error(`${describe(who)}: ${what} of a lock that nobody holds for ${how}`);
}
