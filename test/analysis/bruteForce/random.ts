/** Random numbers that a seed repeats: a case that fails is named by its seed. */
export class Random {
  constructor(private state: number) {}

  /** From 0 up to below `bound`, whole. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) % bound;
  }

  /** True about once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** Undefined: of an empty list. */
  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  some<T>(list: readonly T[], times: number): T[] {
    return list.filter(() => this.once(times));
  }

  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list];
    return list.map(() => left.splice(this.below(left.length), 1)[0] as T);
  }
}
