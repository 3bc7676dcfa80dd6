/** What the text of a file says about a call site: which operation stands there, in which function, beside which others. */
import type { Dictionary } from '../../trace/dictionary.js';
import { USE_FLAG, type FileRecord, type FunctionUse, type WordUse } from '../../trace/records.js';
import { element } from './wordOperation.js';

/** A call of Atomics, with its function. */
export interface PlacedUse {
  readonly fn: FunctionUse;
  readonly use: WordUse;
}

export interface SiteFacts extends PlacedUse {
  /** All uses of the same word text in the same class, or outside of classes in the same file. */
  readonly family: readonly PlacedUse[];
}

interface FileFacts {
  readonly record: FileRecord;
  readonly byPlace: ReadonlyMap<string, PlacedUse>;
  readonly all: readonly PlacedUse[];
}

/** `self.words#i` and `words#i` mean the same word of a class. */
const wordName = ({ word }: WordUse): string => {
  const hash = word.indexOf('#');
  const start = word.slice(0, Math.max(0, hash)).search(/[\w$]+$/);
  return start < 0 ? word : word.slice(start);
};

const isWait = ({ op }: WordUse): boolean => op === 'wait' || op === 'waitAsync';
const isSameWord = (a: WordUse, b: WordUse): boolean => a.word === b.word;

export class SiteTexts {
  private readonly files = new Map<FileRecord, FileFacts>();
  private readonly sites: (SiteFacts | null | undefined)[] = [];

  constructor(private readonly dictionary: Dictionary) {}

  /** Null: nothing is known. */
  of(site: number): SiteFacts | null {
    const known = this.sites[site];
    if (known !== undefined) return known;
    const record = this.dictionary.sites[site];
    const file = record && this.dictionary.files[record.file];
    if (record === undefined || file?.functions === undefined) return null;
    const { byPlace, all } = this.file(file);
    const placed = byPlace.get(`${record.line}:${record.column}`);
    return (this.sites[site] = placed === undefined ? null : { ...placed, family: familyOf(placed, all) });
  }

  /** What a whole file says. */
  ofFile(file: FileRecord): readonly PlacedUse[] {
    return file.functions === undefined ? [] : this.file(file).all;
  }

  private file(record: FileRecord): FileFacts {
    let facts = this.files.get(record);
    if (facts === undefined) {
      const all = (record.functions ?? []).flatMap((fn) => fn.calls.map((use): PlacedUse => ({ fn, use })));
      const byPlace = new Map(all.map((one) => [`${one.use.line}:${one.use.column}`, one]));
      this.files.set(record, (facts = { record, byPlace, all }));
    }
    return facts;
  }
}

function familyOf({ fn, use }: PlacedUse, all: readonly PlacedUse[]): PlacedUse[] {
  if (use.op === '') return [];
  const name = wordName(use);
  // A thin wrapper operates on whatever word its callers mean.
  return all.filter(
    (one) => one.use.op !== '' && !one.fn.isThin && one.fn.className === fn.className && wordName(one.use) === name,
  );
}

/** The operation can block: its function waits for the same word, too, or it stands in a loop. */
export const isBlocking = ({ fn, use }: PlacedUse): boolean =>
  (use.flags & USE_FLAG.IN_LOOP) !== 0 || fn.calls.some((other) => isWait(other) && isSameWord(other, use));

export const isPureLoop = ({ use }: PlacedUse): boolean => (use.flags & USE_FLAG.PURE_LOOP) !== 0;
export const isGuarded = ({ use }: PlacedUse): boolean => (use.flags & USE_FLAG.GUARDED) !== 0;

/** Some code makes the word free, in a function that does not wait for it. */
export function hasRelease(family: readonly PlacedUse[], free: number): boolean {
  return family.some(({ fn, use }) => {
    if (fn.calls.some((other) => isWait(other) && isSameWord(other, use))) return false;
    const [first, second] = use.literals.map((literal) => (literal === null ? null : element(literal)));
    switch (use.op) {
      case 'store':
      case 'exchange':
        return first === free;
      case 'compareExchange':
        return second === free && first !== free;
      case 'sub':
      case 'and':
        return true;
      default:
        return false;
    }
  });
}

/** Some code counts with it. */
export const hasArithmetic = (family: readonly PlacedUse[]): boolean =>
  family.some(({ use: { op } }) => op === 'add' || op === 'sub');

/** The constants that some code waits at. */
export const waitedValues = (family: readonly PlacedUse[]): number[] =>
  family.flatMap(({ use }) => {
    const [value] = use.literals;
    return isWait(use) && value !== null && value !== undefined ? [element(value)] : [];
  });
