/**
 * What `Function.prototype.toString` says: of a replaced function the text of the one that it stands for, of code that
 * was compiled with the recorder's numbers in it the text that its author wrote.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { filteredText, textOwnerOf } from '../functionText.js';
import { replace } from './replacement.js';
import { apply } from '../raw.js';

type ToString = (this: unknown) => string;

export function patchFunctionText(): void {
  const original: ToString = Function.prototype.toString;
  const { toString } = {
    toString(this: unknown): string {
      return filteredText(apply<unknown, [], string>(original, textOwnerOf(this), []));
    },
  };
  replace(Function.prototype as { toString: ToString }, 'toString', toString);
}
