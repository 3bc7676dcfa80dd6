/** The order of times that are a few ascending runs in a row, as drained rings are. */

/** The stable order by value, by merging the ascending runs that are there; null when there is only one. */
export function ascendingOrder(values: Float64Array, length: number): Uint32Array | null {
  let runs: number[] = [0];
  for (let i = 1; i < length; i++) if ((values[i] as number) < (values[i - 1] as number)) runs.push(i);
  if (runs.length === 1) return null;
  let order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  let merged = new Uint32Array(length);
  while (runs.length > 1) {
    const starts: number[] = [];
    for (let r = 0; r < runs.length; r += 2) {
      const from = runs[r] as number;
      const middle = runs[r + 1] ?? length;
      mergeRuns(values, order, merged, from, middle, runs[r + 2] ?? length);
      starts.push(from);
    }
    [order, merged] = [merged, order];
    runs = starts;
  }
  return order;
}

function mergeRuns(
  values: Float64Array,
  order: Uint32Array,
  into: Uint32Array,
  from: number,
  middle: number,
  to: number,
): void {
  let left = from;
  let right = middle;
  for (let at = from; at < to; at++) {
    const takeLeft =
      left < middle &&
      (right >= to || (values[order[left] as number] as number) <= (values[order[right] as number] as number));
    into[at] = order[takeLeft ? left++ : right++] as number;
  }
}

/** How many of the values, taken in `order`, are not greater than `x`. */
export function upperBoundIn(values: Float64Array, order: Uint32Array, x: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[order[middle] as number] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
