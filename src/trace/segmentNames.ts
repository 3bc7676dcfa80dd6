/**
 * The files of a flight recorder: the newest segment has the trace's own name, `app.lanes`; those before it stand beside
 * it as `app~0001.lanes`, `app~0002.lanes`, …
 */
const segmentName = /^(.*)~(\d{4,9})(\.[^./\\]*)$/s;
const extension = /(\.[^./\\]*)?$/;

/** The path of an earlier segment of the trace at `path`. */
export function segmentPath(path: string, segment: number): string {
  return path.replace(extension, (found) => `~${String(segment).padStart(4, '0')}${found}`);
}

/** The number in the name of an earlier segment of the trace `name`, both without folders; null when it is none. */
export function segmentOf(name: string, trace: string): number | null {
  const [, stem, digits, end] = segmentName.exec(name) ?? [];
  return stem !== undefined && `${stem}${end}` === trace ? Number(digits) : null;
}

/** A file of this name is an earlier segment of a trace. */
export function isSegmentName(path: string): boolean {
  return segmentName.test(path);
}
