/**
 * For primitives that receive values themselves. `revive.ts`, which knows all primitives and therefore cannot be known by
 * them, puts itself here.
 */
export const reviving: { revive: (value: unknown) => unknown } = {
  revive: () => {
    throw new Error('revive.ts is part of every entry');
  },
};
