/** Words that the same code works on: connected by the call sites of their operations. */

export interface WordClass {
  parent: WordClass | null;
  /** Threads that operated on one of its words. */
  readonly users: Set<number>;
  /** There were more than are kept. */
  hasMoreUsers: boolean;
}

const MAX_USERS = 256;

export class WordClasses {
  private readonly bySite: (WordClass | undefined)[] = [];

  /** The class of a site that operates; it gets a word's own when it has none yet. */
  join(site: number, own: WordClass | null): WordClass {
    const known = this.bySite[site];
    if (known === undefined) return (this.bySite[site] = rootOf(own ?? newClass()));
    const root = rootOf(known);
    if (own === null) return root;
    const other = rootOf(own);
    if (other !== root) {
      other.parent = root;
      root.hasMoreUsers ||= other.hasMoreUsers;
      for (const user of other.users) addUser(root, user);
    }
    return root;
  }
}

export const newClass = (): WordClass => ({ parent: null, users: new Set(), hasMoreUsers: false });

export function rootOf(one: WordClass): WordClass {
  let root = one;
  while (root.parent !== null) root = root.parent;
  for (let each = one; each.parent !== null;) {
    const next = each.parent;
    each.parent = root;
    each = next;
  }
  return root;
}

export function addUser(one: WordClass, thread: number): void {
  if (one.users.has(thread)) return;
  if (one.users.size >= MAX_USERS) one.hasMoreUsers = true;
  else one.users.add(thread);
}
