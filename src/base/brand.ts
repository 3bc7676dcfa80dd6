declare const brand: unique symbol;

/** A number with a unit or a meaning, so that two kinds of numbers cannot be mixed up. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Nanoseconds since the traced process's `performance.timeOrigin`; a whole number below 2^53 (104 days). */
export type Nanos = Brand<number, 'Nanos'>;

export function nanos(value: number): Nanos {
  return value as Nanos;
}

/** Milliseconds as `performance.now()` gives them, to nanoseconds: exactly what the file stores. */
export function nanosFromMillis(millis: number): Nanos {
  return Math.round(millis * 1e6) as Nanos;
}

export function millisFromNanos(value: number): number {
  return value / 1e6;
}
