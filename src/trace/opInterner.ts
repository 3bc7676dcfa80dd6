const FIELDS = 4;

/**
 * Numbers the combinations of op, object, stack and shape in the order of their first use. A hash table with open
 * addresses: it stands on the path of every event.
 */
export class OpInterner {
  count = 0;
  /** Op, object, stack, shape of each id. */
  private rows = new Int32Array(FIELDS * 512);
  /** Id + 1; 0: free. At most half full. */
  private slots = new Int32Array(1024);

  /** The id; equal to the former `count` when it is new. */
  id(op: number, object: number, stack: number, shape: number): number {
    const { rows, slots } = this;
    const mask = slots.length - 1;
    const object32 = object | 0;
    for (let slot = hash(op, object32, stack, shape) & mask; ; slot = (slot + 1) & mask) {
      const id = (slots[slot] as number) - 1;
      if (id < 0) return this.add(slot, op, object32, stack, shape);
      const row = id * FIELDS;
      if (rows[row] === op && rows[row + 1] === object32 && rows[row + 2] === stack && rows[row + 3] === shape)
        return id;
    }
  }

  clear(): void {
    this.count = 0;
    this.slots.fill(0);
  }

  private add(slot: number, op: number, object: number, stack: number, shape: number): number {
    const id = this.count++;
    this.rows.set([op, object, stack, shape], id * FIELDS);
    this.slots[slot] = id + 1;
    if (this.count * 2 >= this.slots.length) this.grow();
    return id;
  }

  private grow(): void {
    const rows = new Int32Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const [op, object, stack, shape] = rows.subarray(id * FIELDS, id * FIELDS + FIELDS) as unknown as number[];
      let slot = hash(op as number, object as number, stack as number, shape as number) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = id + 1;
    }
  }
}

function hash(op: number, object: number, stack: number, shape: number): number {
  let h = Math.imul(object, 0x9e3779b1) ^ Math.imul(stack + 1, 0x85ebca6b) ^ Math.imul((op << 5) | shape, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
