/** The only place where time and pixels meet. Times are nanoseconds as in the tiles, lengths CSS pixels. */
import { scaleLinear } from 'd3';

export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** Closer than this nothing more is to be seen: 100 ns across the picture. */
const SHORTEST = 100;

export class TimeScale {
  readonly start: number;
  readonly end: number;
  readonly width: number;
  readonly #pxPerNs: number;

  constructor(range: TimeRange, width: number) {
    this.start = range.start;
    this.end = range.end;
    this.width = width;
    this.#pxPerNs = width / (range.end - range.start);
  }

  x(time: number): number {
    return (time - this.start) * this.#pxPerNs;
  }

  time(x: number): number {
    return this.start + x / this.#pxPerNs;
  }

  get nsPerPx(): number {
    return 1 / this.#pxPerNs;
  }

  /** Tiles of bins of `2^level` ns: a bin is one to two pixels, so a picture of any width needs few tiles. */
  get level(): number {
    return Math.max(0, Math.ceil(Math.log2(this.nsPerPx)));
  }

  /** Round times for the axis, some `spacing` px apart, and how many digits of a second tell them apart. */
  ticks(spacing: number): { readonly times: readonly number[]; readonly digits: number } {
    const count = Math.max(2, Math.round(this.width / spacing));
    const seconds = scaleLinear()
      .domain([this.start / 1e9, this.end / 1e9])
      .ticks(count);
    const step = seconds.length > 1 ? (seconds[1] as number) - (seconds[0] as number) : 1;
    return { times: seconds.map((second) => second * 1e9), digits: Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)) };
  }
}

/** The range with `factor` times its length, the point `at` staying where it is. */
export function zoomed(range: TimeRange, at: number, factor: number, whole: TimeRange): TimeRange {
  const length = range.end - range.start;
  const longest = (whole.end - whole.start) * 1.25;
  const wanted = Math.min(Math.max(length * factor, SHORTEST), longest);
  const share = (at - range.start) / length;
  const start = at - share * wanted;
  return kept({ start, end: start + wanted }, whole);
}

export function panned(range: TimeRange, by: number, whole: TimeRange): TimeRange {
  return kept({ start: range.start + by, end: range.end + by }, whole);
}

/** Shifted so that some of the trace stays in view: at most a quarter of the picture is beyond either end. */
function kept(range: TimeRange, whole: TimeRange): TimeRange {
  const length = range.end - range.start;
  const slack = length / 4;
  const least = whole.start - slack;
  const most = Math.max(whole.end + slack - length, least);
  const start = Math.min(Math.max(range.start, least), most);
  return { start, end: start + length };
}
