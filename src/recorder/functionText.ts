import { OwnWeakMap } from './ownCollections.js';

/** What functions show as their text where that is not what V8 would say. `patches/functionText.ts` asks here. */
const originals = new OwnWeakMap<object, object>();
const filters: ((text: string) => string)[] = [];

/** A function shows the text of the one that it stands for. */
export function showTextOf(replacement: object, original: object): void {
  originals.set(replacement, originals.get(original) ?? original);
}

/** The function whose text another one shows: itself, when nobody said otherwise. */
export function textOwnerOf(value: unknown): unknown {
  return typeof value === 'function' ? (originals.get(value) ?? value) : value;
}

/** Every text that the program gets goes through `filter`, which must not throw. */
export function filterFunctionText(filter: (text: string) => string): void {
  filters.push(filter);
}

export function filteredText(text: string): string {
  let shown = text;
  for (let i = 0; i < filters.length; i++) shown = (filters[i] as (text: string) => string)(shown);
  return shown;
}
