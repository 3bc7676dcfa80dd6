/**
 * What was read off a file's text is kept on disk by that text: other threads of the run, and the next run, do not parse
 * again (a cold parser costs 10-30 ms a thread).
 */
import { statSync } from 'node:fs';
import type * as crypto from 'node:crypto';
import { keep, readKept } from '../diskCache.js';
import { load } from '../raw.js';

const NAME_DIGITS = 40;

export class SiteCache {
  readonly #version: string;

  /** @param parser the file that makes what is kept: another one makes something else */
  constructor(parser: string) {
    const { size, mtimeMs } = statSync(parser);
    this.#version = `3 ${size} ${mtimeMs}`;
  }

  /** What is kept for these texts, or what `make` makes. */
  get<T>(texts: readonly string[], make: () => T): T {
    const name = digestOf([this.#version, ...texts]);
    const kept = parsed(readKept(name));
    if (kept !== undefined) return kept as T;
    const made = make();
    keep(name, () => Buffer.from(JSON.stringify(made)));
    return made;
  }
}

function parsed(kept: Buffer | undefined): unknown {
  try {
    return kept && JSON.parse(kept.toString());
  } catch {
    return undefined;
  }
}

function digestOf(texts: readonly string[]): string {
  const { createHash } = load('node:crypto') as typeof crypto;
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\0`).update(text);
  return hash.digest('hex').slice(0, NAME_DIGITS);
}
