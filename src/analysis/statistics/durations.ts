/**
 * Durations in buckets whose bounds grow by the same factor: any number of them in 1.3 kB, the same for every order in
 * which they come. Sum, number, smallest and longest are exact; a share of them is found to within {@link RESOLUTION}.
 */
const BUCKETS_AN_OCTAVE = 8;
/** What is shorter than 64 ns is in the first bucket, what is longer than 19 hours in the last. */
const FIRST_OCTAVE = 6;
const OCTAVES = 40;
const BUCKETS = BUCKETS_AN_OCTAVE * OCTAVES;

/** How far a median or percentile may be from the true one, as a share of it: half a bucket. */
export const RESOLUTION = 2 ** (1 / BUCKETS_AN_OCTAVE / 2) - 1;

export class Durations {
  count = 0;
  totalNs = 0;
  longestNs = 0;
  private shortestNs = Infinity;
  private buckets: Uint32Array | null = null;

  add(ns: number): void {
    this.count += 1;
    this.totalNs += ns;
    if (ns > this.longestNs) this.longestNs = ns;
    if (ns < this.shortestNs) this.shortestNs = ns;
    const buckets = (this.buckets ??= new Uint32Array(BUCKETS));
    const place = bucketOf(ns);
    buckets[place] = (buckets[place] as number) + 1;
  }

  /** The duration that a share of them, 0 to 1, does not exceed; 0 when there are none. */
  quantile(share: number): number {
    if (this.buckets === null) return 0;
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let place = 0; place < BUCKETS - 1; place++) {
      seen += this.buckets[place] as number;
      if (seen >= wanted) return Math.min(this.longestNs, Math.max(this.shortestNs, middleOf(place)));
    }
    return this.longestNs;
  }
}

function bucketOf(ns: number): number {
  const place = Math.floor((Math.log2(Math.max(1, ns)) - FIRST_OCTAVE) * BUCKETS_AN_OCTAVE);
  return Math.min(BUCKETS - 1, Math.max(0, place));
}

function middleOf(bucket: number): number {
  return Math.round(2 ** (FIRST_OCTAVE + (bucket + 0.5) / BUCKETS_AN_OCTAVE));
}
