import type { Wait } from '../../model/intervals.js';
import type { OpFamily } from '../../trace/ops.js';

/** What waits are for, as one number: threads and objects are numbered on their own. */
export const subjectKey = (family: OpFamily, object: number): number => (family === 'thread' ? -1 - object : object);

export const keyOfWait = ({ family, object }: Wait): number => subjectKey(family, object);

export const isThreadKey = (key: number): boolean => key < 0;
export const threadOfKey = (key: number): number => -1 - key;
