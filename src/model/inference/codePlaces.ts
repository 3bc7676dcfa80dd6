/**
 * Which frame of a stack operates on a word, and which one called the code of the user's lock: a person looks for the
 * line that takes the lock, not for the loop inside it.
 */
import type { Dictionary } from '../../trace/dictionary.js';
import { isBlocking, type PlacedUse, type SiteFacts, type SiteTexts } from './siteFacts.js';

interface Place {
  /** The site that operates; -1: unknown. */
  readonly site: number;
  readonly depth: number;
  readonly facts: SiteFacts | null;
  /** Null: neither the text nor the name says it. */
  readonly isBlocking: boolean | null;
}

const NOWHERE: Place = { site: -1, depth: 0, facts: null, isBlocking: null };

/** The last name of what is called: `this.mutex.lock` calls `lock`. */
const calleeOf = ({ word }: { readonly word: string }): string => /[\w$]+$/.exec(word)?.[0] ?? '';

export class CodePlaces {
  private readonly places: (Place | undefined)[] = [];
  private readonly outer: (number | undefined)[] = [];

  constructor(
    private readonly dictionary: Dictionary,
    readonly texts: SiteTexts,
  ) {}

  /** Where a stack operates: behind functions that are nothing but a call of Atomics. */
  of(stack: number): Place {
    return this.places[stack] ?? (stack < 0 ? NOWHERE : (this.places[stack] = this.find(stack)));
  }

  /** The frame of a stack that a finding about a user's lock is about: its first caller outside of the lock's code. */
  outerDepth(stack: number): number {
    const known = this.outer[stack];
    if (known !== undefined || stack < 0) return known ?? 0;
    return (this.outer[stack] = this.findOuter(stack));
  }

  /** How many frames a stack has that are not Node's own. */
  depthOf(stack: number): number {
    const { stacks, sites, files } = this.dictionary;
    const isOfProgram = (site: number): boolean => files[sites[site]?.file ?? -1]?.path.startsWith('node:') === false;
    return (stacks[stack] ?? []).filter(isOfProgram).length;
  }

  private find(stack: number): Place {
    const sites = this.dictionary.stacks[stack] ?? [];
    let depth = 0;
    let facts = this.texts.of(sites[0] ?? -1);
    while (facts?.fn.isThin === true && depth + 1 < sites.length) facts = this.texts.of(sites[++depth] ?? -1);
    const site = sites[depth] ?? -1;
    const name = this.dictionary.sites[site]?.fn ?? '';
    const byText = facts === null || facts.use.op === '' ? null : isBlocking(facts);
    return { site, depth, facts, isBlocking: byText ?? (/try/i.test(name) ? false : null) };
  }

  private findOuter(stack: number): number {
    const sites = this.dictionary.stacks[stack] ?? [];
    const { depth, facts } = this.of(stack);
    const inner = this.dictionary.sites[sites[depth] ?? -1];
    if (inner === undefined) return 0;
    // Without the text, the function that operates is the lock's code.
    if (facts === null) return inner.fn === null ? depth : Math.min(depth + 1, sites.length - 1);
    const uses = this.texts.ofFile(this.dictionary.files[inner.file] as never);
    for (let i = depth; i < sites.length; i++) {
      const record = this.dictionary.sites[sites[i] as number];
      if (record === undefined || record.file !== inner.file) return i;
      const here = this.texts.of(sites[i] as number);
      if (here === null || !isLockCode(here, facts, uses)) return i;
    }
    return sites.length - 1;
  }
}

function isLockCode({ fn }: PlacedUse, inner: PlacedUse, uses: readonly PlacedUse[]): boolean {
  if (fn.name === null) return false;
  if (fn.className === null) return fn.calls.some(({ op }) => op !== '');
  if (fn.className === inner.fn.className) return true;
  const ofClass = uses.filter((one) => one.fn.className === fn.className);
  if (ofClass.some(({ use }) => use.op !== '')) return true;
  // A class made of such classes: it calls their methods.
  const methods = new Set(uses.flatMap((one) => (one.use.op !== '' && one.fn.className !== null ? [one.fn.name] : [])));
  return ofClass.some(({ use }) => methods.has(calleeOf(use)));
}
