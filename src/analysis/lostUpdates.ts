/**
 * Lost updates: a thread loads a word, another one writes it, and the first stores over it what it made of the old value.
 * Each step is atomic, the three together are not. That it is an update, and no flag or last value, shows in what was
 * stored at these lines over the run.
 */
import type { ModelListener, WordUse } from '../model/intervals.js';
import type { Deed } from '../model/threadModel.js';
import type { Dictionary } from '../trace/dictionary.js';
import type { FindingContext } from './findingContext.js';
import type { Finding, Grade } from './finding.js';
import { CAPS } from './thresholds.js';
import { Wording } from './wording.js';
import { writtenFinding } from './writtenFinding.js';

const ID = 'lost-update';

/** A thread's load of a word that it has not written since. */
interface OpenRead {
  readonly value: number;
  readonly by: Deed;
}

interface Write {
  readonly value: number;
  readonly by: Deed;
}

/** Who lost what. */
interface Loss {
  readonly word: number;
  readonly read: OpenRead;
  /** What is lost. */
  readonly between: Write;
  readonly over: Write;
  count: number;
}

/** A line that loads and a line that stores after it, over the whole run. */
interface UpdateLines {
  first: number;
  /** Null: not always the same. */
  difference: number | null;
  stored: number | null;
  /** More than one value was loaded there. */
  isVaried: boolean;
  readonly losses: Map<string, Loss>;
}

/** An array of 32 bits; of a BigInt its low ones. */
const bits = (value: number): number => value | 0;

export class LostUpdates implements ModelListener {
  /** By thread, then by word. */
  private readonly open = new Map<number, Map<number, OpenRead>>();
  private readonly lastWrites = new Map<number, Write>();
  private readonly lines = new Map<string, UpdateLines>();
  private dropped = false;

  constructor(private readonly dictionary: Dictionary) {}

  word(use: WordUse, word: number, value: number, by: Deed): void {
    if (use === 'read') return this.read(word, value, by);
    const write = { value, by };
    if (use === 'stored') this.stored(word, write);
    this.open.get(by.thread)?.delete(word);
    // Without loads there is nothing to find.
    if (this.open.size > 0) this.lastWrites.set(word, write);
  }

  /** It may know by now what the others wrote. */
  met(thread: number): void {
    this.open.get(thread)?.clear();
  }

  findings({ naming, model }: FindingContext): Finding[] {
    const wording = new Wording(model, naming);
    const findings: Finding[] = [];
    for (const lines of this.lines.values()) {
      const grade = gradeOf(lines);
      if (grade === null) continue;
      for (const loss of lines.losses.values()) findings.push(lostUpdateFinding(loss, grade, wording));
    }
    return findings;
  }

  get incomplete(): readonly string[] {
    return this.dropped ? ['Not all loads could be kept: lost updates may be missing.'] : [];
  }

  private read(word: number, value: number, by: Deed): void {
    if (Number.isNaN(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return;
    let open = this.open.get(by.thread);
    if (open === undefined) this.open.set(by.thread, (open = new Map<number, OpenRead>()));
    // What others have written before they wrote this word is known now, too.
    const write = this.lastWrites.get(word);
    if (write !== undefined && write.by.thread !== by.thread) {
      for (const [other, read] of open) if (other !== word && read.by.t < write.by.t) open.delete(other);
    }
    // That it was loaded again, and was the same, is written late: the first time is the surer one.
    if (open.get(word)?.value === value) return;
    if (open.size < CAPS.openReads) open.set(word, { value, by });
    else this.dropped = true;
  }

  private stored(word: number, over: Write): void {
    const read = this.open.get(over.by.thread)?.get(word);
    if (read === undefined) return;
    const lines = this.linesOf(read.by.stack, over.by.stack);
    if (lines === null) return;
    note(lines, read.value, over.value);
    const between = this.lastWrites.get(word);
    if (between === undefined || between.by.thread === over.by.thread || between.by.t < read.by.t) return;
    // The value is what it was: nothing is lost.
    if (bits(between.value) === bits(read.value)) return;
    const key = `${word} ${this.siteOf(between.by.stack)}`;
    const loss = lines.losses.get(key);
    if (loss === undefined) lines.losses.set(key, { word, read, between, over, count: 1 });
    else loss.count += 1;
  }

  private linesOf(readStack: number, storeStack: number): UpdateLines | null {
    const [read, store] = [this.siteOf(readStack), this.siteOf(storeStack)];
    if (read < 0 || store < 0) return null;
    const key = `${read} ${store}`;
    let lines = this.lines.get(key);
    if (lines !== undefined) return lines;
    if (this.lines.size >= CAPS.updateLines) {
      this.dropped = true;
      return null;
    }
    lines = { first: NaN, difference: null, stored: null, isVaried: false, losses: new Map() };
    this.lines.set(key, lines);
    return lines;
  }

  /** Whoever called is no matter: the line is. */
  private siteOf(stack: number): number {
    return this.dictionary.stacks[stack]?.[0] ?? -1;
  }
}

function note(lines: UpdateLines, read: number, stored: number): void {
  const difference = bits(stored - read);
  if (Number.isNaN(lines.first)) {
    lines.first = bits(read);
    lines.difference = difference;
    lines.stored = bits(stored);
    return;
  }
  if (lines.first !== bits(read)) lines.isVaried = true;
  if (lines.difference !== difference) lines.difference = null;
  if (lines.stored !== bits(stored)) lines.stored = null;
}

/** Null: nothing shows that what is stored depends on what was loaded. */
function gradeOf({ isVaried, difference, stored }: UpdateLines): Grade | null {
  if (!isVaried || stored !== null || difference === 0) return null;
  return difference === null ? 'possible' : 'certain';
}

function lostUpdateFinding({ word, read, between, over, count }: Loss, grade: Grade, wording: Wording): Finding {
  const { naming } = wording;
  const name = wording.object(word);
  const [loser, winner] = [between.by.thread, over.by.thread];
  return writtenFinding(wording, {
    id: ID,
    grade,
    title: naming.object(word),
    sentence:
      `${wording.thread(winner)} overwrote what ${wording.thread(loser)} had written into ${name}` +
      (grade === 'certain' ? '.' : ', if what it wrote depends on what it had read.'),
    story: [
      `${naming.thread(winner)} read ${read.value}${wording.inBrackets(read.by)}`,
      `${naming.thread(loser)} wrote ${between.value}${wording.inBrackets(between.by)}`,
      `${naming.thread(winner)} wrote ${over.value}${wording.inBrackets(over.by)}, without having read again`,
      ...(count > 1 ? [`${count} times at these lines.`] : []),
    ],
    verdict:
      `\`${naming.thread(winner)}\` overwrites ${name}${wording.shortAt(over.by)} with what it made of an older value, ` +
      `and loses what \`${naming.thread(loser)}\` wrote${wording.shortAt(between.by)}.`,
    advice:
      'Change it in one step, by Atomics.add or in a loop around Atomics.compareExchange, or hold one lock from the load ' +
      'to the store wherever it is changed.',
    howSure:
      grade === 'certain'
        ? 'The load and both stores were recorded, and what is stored at this line is always as much more or less than what was loaded.'
        : 'The load and both stores were recorded; that the one stored depends on what was loaded is a guess.',
    threads: [...new Set([winner, loser])],
    objects: [wording.findingObject(word)],
    locations: [
      ...wording.locations('reads', winner, word, read.by, read.by.t),
      ...wording.locations('writes', loser, word, between.by, between.by.t),
      ...wording.locations('writes', winner, word, over.by, over.by.t),
    ],
    count,
    start: read.by.t,
    end: over.by.t,
  });
}
