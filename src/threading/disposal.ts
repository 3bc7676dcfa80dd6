/** `Symbol.dispose`, or what compilers of `using` look for on a Node that does not have it. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('Symbol.dispose') as never);

/** `Symbol.asyncDispose`, or what compilers of `await using` look for on a Node that does not have it. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as never);
