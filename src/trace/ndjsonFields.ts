import type { Nanos } from '../base/brand.js';
import { nanosOfMillis, operandOf, positionOf, type Position } from './ndjsonNotation.js';

const MAX_ID = 0xffffffff;

/** The keys of one line, checked as they are taken. The first thing that is wrong is the line's `problem`. */
export class Fields {
  problem: string | null = null;
  private readonly record: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isRecord) this.problem = 'it is no JSON object';
    this.record = isRecord ? (value as Record<string, unknown>) : {};
  }

  has(key: string): boolean {
    return Object.hasOwn(this.record, key);
  }

  value(key: string): unknown {
    return this.has(key) ? this.record[key] : undefined;
  }

  time(key: string): Nanos {
    const t = nanosOfMillis(this.value(key));
    return t ?? this.fail(key, 'a time in milliseconds, not negative', 0 as Nanos);
  }

  /** A thread or object number. */
  id(key: string): number {
    const value = this.value(key);
    return isId(value) ? value : this.fail(key, 'a whole number from 0', 0);
  }

  idOrNull(key: string): number | null {
    return this.value(key) === null ? null : this.id(key);
  }

  ids(key: string): number[] {
    const value = this.value(key);
    return Array.isArray(value) && value.every(isId) ? value : this.fail(key, 'a list of whole numbers', []);
  }

  optionalIds<K extends string>(keys: readonly K[]): Partial<Record<K, number>> {
    const found: Partial<Record<K, number>> = {};
    for (const key of keys) if (this.has(key)) found[key] = this.id(key);
    return found;
  }

  count(key: string): number {
    const value = this.value(key);
    const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    return isCount ? value : this.fail(key, 'a whole number from 0', 0);
  }

  numberOrNull(key: string): number | null {
    const value = operandOf(this.value(key), undefined, () => NaN);
    if (value === undefined) return this.fail(key, 'a number', null);
    return Number.isNaN(value) ? null : value;
  }

  text(key: string): string {
    const value = this.value(key);
    return typeof value === 'string' ? value : this.fail(key, 'a text', '');
  }

  textOrNull(key: string): string | null {
    const value = this.value(key) ?? null;
    return value === null ? null : this.text(key);
  }

  flag(key: string): boolean {
    const value = this.value(key) ?? false;
    return typeof value === 'boolean' ? value : this.fail(key, 'true or false', false);
  }

  oneOf<T extends string>(key: string, words: readonly T[], otherwise: T): T {
    const value = this.value(key);
    const word = words.find((known) => known === value);
    return word ?? (value === undefined ? otherwise : this.fail(key, `one of ${words.join(', ')}`, otherwise));
  }

  /** An object by its number or its name. */
  reference(key: string): number | string {
    const value = this.value(key);
    return typeof value === 'string' || isId(value) ? value : this.fail(key, 'a number or a name', 0);
  }

  /** The call site `at` and its callers `stack`. */
  positions(): Position[] {
    const at = this.value('at') ?? null;
    const callers = this.value('stack') ?? null;
    if (callers !== null && !Array.isArray(callers)) return this.fail('stack', 'a list of positions', []);
    const positions: Position[] = [];
    for (const text of [...(at === null ? [] : [at]), ...((callers ?? []) as unknown[])]) {
      const position = positionOf(text);
      if (!position) return this.fail('at', 'a position like "src/a.js:10:3"', []);
      positions.push(position);
    }
    return positions;
  }

  private fail<T>(key: string, expected: string, otherwise: T): T {
    this.problem ??= `"${key}" must be ${expected}`;
    return otherwise;
  }
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ID;
}
