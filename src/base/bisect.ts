/** The first index in `[from, to)` whose value is greater than `x`; `values` ascends. */
export function upperBound(values: ArrayLike<number>, x: number, from = 0, to = values.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index in `[from, to)` whose value is not less than `x`; `values` ascends. */
export function lowerBound(values: ArrayLike<number>, x: number, from = 0, to = values.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
