/**
 * How the operands of an event are stored. The shape belongs to the op id in the dictionary, so that a reader needs no
 * knowledge of the operation to find them, and so that the frequent values cost no byte.
 *
 *     bit 0     sampled
 *     bits 1-2  arg: none, in the column, 0, 1
 *     bits 3-4  extra: 0, in the column, -1
 */
export const SHAPE = {
  sampled: 1,
  argColumn: 1 << 1,
  argZero: 2 << 1,
  argOne: 3 << 1,
  extraColumn: 1 << 3,
  extraMinusOne: 2 << 3,
};

const argBits = 3 << 1;
const extraBits = 3 << 3;
export const MAX_SHAPE = 0x1f;

export function shapeOf(sampled: number, arg: number, extra: number): number {
  let shape = sampled === 0 ? 0 : SHAPE.sampled;
  if (arg === 1) shape |= SHAPE.argOne;
  else if (Object.is(arg, 0)) shape |= SHAPE.argZero;
  else if (arg === arg) shape |= SHAPE.argColumn;
  if (extra === -1) shape |= SHAPE.extraMinusOne;
  else if (extra !== 0) shape |= SHAPE.extraColumn;
  return shape;
}

export function hasArgColumn(shape: number): boolean {
  return (shape & argBits) === SHAPE.argColumn;
}

export function hasExtraColumn(shape: number): boolean {
  return (shape & extraBits) === SHAPE.extraColumn;
}

/** The arg of a shape that has no column for it. */
export function constantArg(shape: number): number {
  const bits = shape & argBits;
  return bits === SHAPE.argZero ? 0 : bits === SHAPE.argOne ? 1 : NaN;
}

/** The extra of a shape that has no column for it. */
export function constantExtra(shape: number): number {
  return (shape & extraBits) === SHAPE.extraMinusOne ? -1 : 0;
}
