/**
 * A text that brings its own source map, as tsx compiles it, brings one for the edited text: stacks that the program
 * prints would show wrong lines otherwise, since such texts are often a single line.
 */
import type { EditedText } from './static/edits.js';

const comment = /\/\/[#@] sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/;
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Where its text was inserted, by line from 0: column and length in the original, ascending. */
type Insertions = ReadonlyMap<number, readonly (readonly [column: number, length: number])[]>;

interface SourceMapText {
  readonly mappings?: unknown;
  readonly sections?: unknown;
}

/** What a text says of where its map is. */
export function mapPlaceOf(source: string): 'inline' | 'elsewhere' | 'none' {
  if (!source.includes('sourceMappingURL=')) return 'none';
  return comment.test(source) ? 'inline' : 'elsewhere';
}

/** The edited text with its map made right, or null where the map cannot be read. */
export function withShiftedMap(
  text: EditedText,
  placeOf: (position: number) => { readonly line: number; readonly column: number },
): EditedText | null {
  const found = comment.exec(text.code);
  const encoded = found?.[1];
  if (!found || encoded === undefined) return null;
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as SourceMapText;
  if (typeof map.mappings !== 'string' || map.sections !== undefined) return null;
  const mappings = shifted(map.mappings, insertionsOf(text.insertions, placeOf));
  const shiftedText = Buffer.from(JSON.stringify({ ...map, mappings })).toString('base64');
  const at = found.index + found[0].indexOf(encoded);
  return { ...text, code: text.code.slice(0, at) + shiftedText + text.code.slice(at + encoded.length) };
}

function insertionsOf(
  insertions: Int32Array,
  placeOf: (position: number) => { readonly line: number; readonly column: number },
): Insertions {
  const byLine = new Map<number, [number, number][]>();
  for (let i = 0; i < insertions.length; i += 2) {
    const { line, column } = placeOf(insertions[i] as number);
    const ofLine = byLine.get(line - 1);
    const insertion: [number, number] = [column - 1, insertions[i + 1] as number];
    if (ofLine) ofLine.push(insertion);
    else byLine.set(line - 1, [insertion]);
  }
  return byLine;
}

function shifted(mappings: string, insertions: Insertions): string {
  return mappings
    .split(';')
    .map((line, number) => {
      const ofLine = insertions.get(number);
      return ofLine ? shiftedLine(line, ofLine) : line;
    })
    .join(';');
}

/** Only the first number of a segment, its generated column, counts within the line: the rest stays as it is. */
function shiftedLine(line: string, insertions: readonly (readonly [column: number, length: number])[]): string {
  let column = 0;
  let before = 0;
  let next = 0;
  let added = 0;
  return line
    .split(',')
    .map((segment) => {
      const [delta, rest] = firstNumber(segment);
      column += delta;
      for (; next < insertions.length && (insertions[next] as readonly [number, number])[0] <= column; next++) {
        added += (insertions[next] as readonly [number, number])[1];
      }
      const text = numberText(column + added - before) + rest;
      before = column + added;
      return text;
    })
    .join(',');
}

/** Base 64, 5 bits a digit, the lowest first; the lowest bit of all is the sign. */
function firstNumber(segment: string): [value: number, rest: string] {
  let value = 0;
  let shift = 0;
  for (let i = 0; i < segment.length; i++) {
    const digit = digits.indexOf(segment.charAt(i));
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) === 0) return [value & 1 ? -(value >>> 1) : value >>> 1, segment.slice(i + 1)];
  }
  return [0, ''];
}

function numberText(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits.charAt(rest > 0 ? digit | 32 : digit);
  } while (rest > 0);
  return text;
}
