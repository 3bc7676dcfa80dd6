type Column = Float64Array | Uint8Array | Uint16Array | Uint32Array | Int32Array;

/** `column` itself when it has room for `length` rows, else a copy of twice the size. */
export function grown<T extends Column>(column: T, length: number): T {
  if (length <= column.length) return column;
  const larger = new (column.constructor as new (length: number) => T)(Math.max(16, column.length * 2, length));
  larger.set(column);
  return larger;
}
