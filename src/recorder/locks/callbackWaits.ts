/**
 * Whether the callback of a Web Lock request waits for a request that was made inside it: read off the stack of that one,
 * call by call. Each function on the way has to await or return directly what the next one gives.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { authorsText } from '../sites/editedText.js';
import type { NumberedCode, NumberedFile } from '../sites/numberedCode.js';
import type { FilePlace, StackCapture } from '../sites/stackCapture.js';
import type { AwaitedCall, REQUEST as made } from '../sites/static/awaitedCalls.js';
import { apply } from '../raw.js';

/** By this name requests are made. */
const REQUEST = 'request' satisfies typeof made;

/** What of a row of the parser's table is said where. */
const AT = { POSITION: 0, AWAIT: 1, CALLEE: 2, CALLED: 3, START: 4, END: 5, FUNCTION: 6, IS_CALLBACK: 7 } as const;

/** V8's own: the program may replace it. */
const { toString } = Function.prototype;

/** @param stacks has captured the inner request's stack last */
export function waitsForRequest(callback: unknown, code: NumberedCode, stacks: StackCapture): boolean {
  const text = authorsText(code, apply(toString, callback, []));
  let callee: string | null = REQUEST;
  let inner: { readonly place: FilePlace; readonly row: AwaitedCall } | null = null;
  for (let frame = 0; callee !== null; frame++) {
    const place = stacks.placeAt(frame);
    const row = place && rowAt(place);
    if (!row || row[AT.CALLEE] !== callee) return false;
    // V8 looks through promises: what is awaited here may be a race with what the frame above gives, unless it is its own.
    if (place.isAsync && !(inner?.place.file === place.file && row[AT.CALLED] === inner.row[AT.START])) return false;
    if (textOf(place.file, row) === text) return isOnlyOne(place.file, row, text);
    inner = { place, row };
    callee = row[AT.FUNCTION];
  }
  return false;
}

function rowAt({ file, position, isAsync }: FilePlace): AwaitedCall | undefined {
  const index = isAsync ? AT.AWAIT : AT.POSITION;
  return file.awaited.find((row) => row[index] === position);
}

const textOf = ({ source }: NumberedFile, row: AwaitedCall): string => source.slice(row[AT.START], row[AT.END]);

/** Another function with this text may be called by anybody, unless it is a callback, too, and then inside of its own lock. */
function isOnlyOne(file: NumberedFile, row: AwaitedCall, text: string): boolean {
  const others = file.awaited.filter((one) => one[AT.START] !== row[AT.START] && textOf(file, one) === text);
  return others.every((one) => one[AT.IS_CALLBACK]) && (others.length === 0 || row[AT.IS_CALLBACK]);
}
