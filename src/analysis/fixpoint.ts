/** What must hold for a thread to go on: nothing, any other living thread, one of these, or all of these. */
export type Formula = 'nothing' | 'anyone' | readonly number[] | { readonly all: readonly number[] };

/**
 * The threads whose formulas hold, given that only those hold whose providers do. O(V+E).
 * @param isPassive threads that are not anyone: they help only those that need just them
 */
export function leastFixpoint(
  formulas: ReadonlyMap<number, Formula>,
  isPassive: (thread: number) => boolean = () => false,
): Set<number> {
  const living = new Set<number>();
  const waiting = new Map<number, number[]>();
  /** How many are missing of those that a thread needs all of. */
  const missing = new Map<number, number>();
  let forAnyone: number[] = [];
  const found: number[] = [];
  for (const [thread, formula] of formulas) {
    if (formula === 'nothing') found.push(thread);
    else if (formula === 'anyone') forAnyone.push(thread);
    else if ('all' in formula) {
      const all = new Set(formula.all);
      missing.set(thread, all.size);
      for (const provider of all) waiting.set(provider, [...(waiting.get(provider) ?? []), thread]);
    } else for (const provider of formula) waiting.set(provider, [...(waiting.get(provider) ?? []), thread]);
  }
  for (let next = found.pop(); next !== undefined; next = found.pop()) {
    if (living.has(next)) continue;
    living.add(next);
    const freed = (waiting.get(next) ?? []).filter((thread) => {
      const left = (missing.get(thread) ?? 1) - 1;
      missing.set(thread, left);
      return left <= 0;
    });
    found.push(...freed);
    if (isPassive(next)) continue;
    found.push(...forAnyone);
    forAnyone = [];
  }
  return living;
}
