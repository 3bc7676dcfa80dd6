/** What a program does through Atomics: one event for each operation on memory that other threads see. */
import type { RecorderSettings } from '../../probe/settings.js';
import { atomics } from '../raw.js';
import { SharedWords } from '../words/sharedWords.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { WordRuns } from '../words/wordRuns.js';
import { patchAsyncWaits, patchWaits } from './atomicsWait.js';
import { patchLoad, patchWrites } from './atomicsWrites.js';

/** @returns to be called when the thread rests or ends: writes what is only counted, and lets go of the program's memory */
export function patchAtomics(recorder: ThreadRecorder, settings: RecorderSettings): () => void {
  const words = new SharedWords(recorder);
  const runs = new WordRuns(recorder);
  patchWaits(recorder, words, runs);
  if (typeof atomics.waitAsync === 'function') patchAsyncWaits(recorder, words, runs);
  patchWrites(recorder, words, runs);
  if (settings.memory === true) patchLoad(recorder, words, runs);
  return () => {
    runs.end();
    words.rest();
  };
}
