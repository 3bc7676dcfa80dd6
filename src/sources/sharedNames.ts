/** Which names more than one thing has: those are said with their number. Counted again when there are more things. */
export class SharedNames<T> {
  private countedSize = -1;
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly things: ReadonlyMap<number, T>,
    private readonly nameOf: (thing: T) => string | null,
  ) {}

  isShared(name: string): boolean {
    if (this.countedSize !== this.things.size) this.count();
    return (this.counts.get(name) ?? 0) > 1;
  }

  private count(): void {
    this.countedSize = this.things.size;
    this.counts.clear();
    for (const thing of this.things.values()) {
      const name = this.nameOf(thing);
      if (name !== null) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
  }
}
