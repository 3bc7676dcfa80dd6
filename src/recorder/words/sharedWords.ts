/**
 * The objects of the words that a thread uses through Atomics: one id a word and thread, joined by the collector by
 * buffer and offset. A word is defined when it is used first.
 */
import { OP } from '../../trace/ops.js';
import type { BufferIdentity } from './bufferIdentity.js';
import { connectBufferIdentity } from './bufferIdentity.js';
import { OwnMap, OwnWeakMap } from '../ownCollections.js';
import { isCalledByNode } from '../sites/stackCapture.js';
import { ownVisibleId } from '../threadIds.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { positionIn, sharedViewOf, type SharedView } from './word.js';
import { newWord, type Word } from './wordRuns.js';

/**
 * Words of a buffer, a thread: a program may use Atomics on all elements of a large array. Beyond this only what can
 * block or wake somebody is recorded.
 */
export const MAX_WORDS = 4096;
/** Elements at the start of an array that are found by their index. */
const MAX_INDEXED = 4096;
const FIRST_INDEXED = 32;
/** Arrays that are found without the weak map. */
const RECENT = 4;
/** Buffers that are known by their number: each message may bring another handle of the same. */
const MAX_NUMBERED = 1024;

type Call = (...args: never[]) => unknown;

/** The words of one buffer. */
interface BufferWords {
  readonly number: number | undefined;
  readonly byteLength: number;
  readonly byOffset: Map<number, Word>;
  isFullTold: boolean;
}

/** A typed array, with the words of its buffer. */
export interface WordView extends SharedView {
  readonly words: BufferWords;
  /** By index, as far as they were used. */
  readonly byIndex: (Word | undefined)[];
}

export class SharedWords {
  readonly #recorder: ThreadRecorder;
  readonly #views = new OwnWeakMap<object, WordView | null>();
  readonly #buffers = new OwnWeakMap<SharedArrayBuffer, BufferWords>();
  readonly #numbered = new Map<number, BufferWords>();
  #identify: BufferIdentity | null = null;
  /** Kept until the thread rests: a weak map takes longer than most operations. The last one is kept apart. */
  readonly #recentArrays: unknown[] = new Array<unknown>(RECENT).fill(null);
  readonly #recentViews: (WordView | null)[] = new Array<WordView | null>(RECENT).fill(null);
  #next = 0;
  #lastArray: unknown = null;
  /** That of the last call of {@link find}, when it gave a word. */
  view: WordView | null = null;

  constructor(recorder: ThreadRecorder) {
    this.#recorder = recorder;
  }

  /**
   * The word that a call means; null when it is not recorded: Atomics will refuse it, converting the index would run the
   * program's code, the memory is not shared or Node's own, or the buffer has too many words. The recorder is open.
   * @param call the function of Atomics that was called
   * @param isAlways it can block or wake somebody: no buffer has too many words for that
   */
  find(array: unknown, index: unknown, call: Call, isAlways = false): Word | null {
    try {
      const view = array === this.#lastArray ? this.view : this.#look(array, call);
      if (view === null) return null;
      const known = typeof index === 'number' ? view.byIndex[index] : undefined;
      return known ?? this.#locate(view, array, index, isAlways);
    } catch (error) {
      this.#recorder.fail(error);
      return null;
    }
  }

  /** Lets go of the program's memory. */
  rest(): void {
    this.#recentArrays.fill(null);
    this.#recentViews.fill(null);
    this.#lastArray = this.view = null;
  }

  #look(array: unknown, call: Call): WordView | null {
    for (let i = 0; i < RECENT; i++) {
      if (this.#recentArrays[i] !== array) continue;
      this.#lastArray = array;
      return (this.view = this.#recentViews[i] as WordView | null);
    }
    if (typeof array !== 'object' || array === null) return null;
    let view = this.#views.get(array);
    if (view === undefined) {
      view = this.#recorder.guard(() => this.#viewOf(array, call));
      // Node's own memory is asked about again: a program may have Node call Atomics for it, as with a timer.
      if (view === undefined) return null;
      this.#views.set(array, view);
    }
    this.#next = (this.#next + 1) % RECENT;
    this.#recentArrays[this.#next] = this.#lastArray = array;
    return (this.#recentViews[this.#next] = this.view = view);
  }

  /** Null: the memory is not shared; undefined: it is Node's, as far as is known. */
  #viewOf(array: object, call: Call): WordView | null | undefined {
    const view = sharedViewOf(array);
    if (view === null) return null;
    if (!this.#buffers.has(view.buffer) && isCalledByNode(call)) return undefined;
    const words = this.#wordsOf(view.buffer);
    // Without holes, which V8 would look for in the prototypes.
    return { ...view, words, byIndex: new Array<undefined>(Math.min(view.length, FIRST_INDEXED)).fill(undefined) };
  }

  #wordsOf(buffer: SharedArrayBuffer): BufferWords {
    let words = this.#buffers.get(buffer);
    if (words) return words;
    const number = this.#identity(buffer);
    words = number === undefined ? undefined : this.#numbered.get(number);
    words ??= this.#newWords(buffer, number);
    this.#buffers.set(buffer, words);
    return words;
  }

  #newWords({ byteLength }: SharedArrayBuffer, number: number | undefined): BufferWords {
    const words = { number, byteLength, byOffset: new OwnMap<number, Word>(), isFullTold: false };
    if (number === undefined) return words;
    for (const oldest of this.#numbered.keys()) {
      if (this.#numbered.size < MAX_NUMBERED) break;
      this.#numbered.delete(oldest);
    }
    this.#numbered.set(number, words);
    return words;
  }

  #locate(view: WordView, array: unknown, index: unknown, isAlways: boolean): Word | null {
    const position = positionIn(view, array, index);
    if (position < 0) return null;
    const offset = view.start + position * view.bytes;
    const word = view.words.byOffset.get(offset) ?? this.#define(view.words, offset, isAlways);
    if (word === null || position >= MAX_INDEXED) return word;
    const { byIndex } = view;
    while (byIndex.length <= position) byIndex[byIndex.length] = undefined;
    byIndex[position] = word;
    return word;
  }

  #define(words: BufferWords, offset: number, isAlways: boolean): Word | null {
    if (words.byOffset.size >= MAX_WORDS && !isAlways) {
      if (!words.isFullTold) this.#recorder.guard(() => this.#tellFull(words));
      return null;
    }
    const id = this.#recorder.guard(() => this.#defineWord(words, offset));
    if (id === undefined) return null;
    const word = newWord(id);
    words.byOffset.set(offset, word);
    return word;
  }

  #defineWord({ number }: BufferWords, offset: number): number {
    const id = this.#recorder.nextObject();
    this.#recorder.define({
      kind: 'object',
      id,
      objectKind: 'word',
      name: null,
      stack: 0,
      thread: ownVisibleId(),
      capacity: null,
      offset,
      ...(number !== undefined && { buffer: number }),
    });
    return id;
  }

  #tellFull(words: BufferWords): void {
    words.isFullTold = true;
    const which = words.number === undefined ? 'a shared buffer' : `shared buffer ${words.number}`;
    this.#tell(
      `a thread uses more than ${MAX_WORDS} words of ${which} (${words.byteLength} bytes): ` +
        'of the further ones only waits and notifies are recorded',
    );
  }

  #identity(buffer: SharedArrayBuffer): number | undefined {
    if (!this.#identify) {
      const { isAvailable, identify } = connectBufferIdentity();
      this.#identify = identify;
      if (!isAvailable) {
        this.#tell('shared memory cannot be told apart between threads: this Node has no inspector to ask');
      }
    }
    return this.#identify(buffer);
  }

  #tell(message: string): void {
    this.#recorder.recordAt(OP['recorder.error'], 0, 0, this.#recorder.string(message));
  }
}
