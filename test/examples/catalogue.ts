/** The modules of `examples` that tests use. They are plain JavaScript, since Node 20 runs them as they are. */
import { pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';

export interface Example {
  readonly name: string;
  /** As verdicts name it: `examples/locks/deadlock.mts`. */
  readonly file: string;
  /** Of `threadlanes record`. */
  readonly flags: readonly string[];
}

export interface Chapter {
  readonly title: string;
  readonly folder: string;
  readonly examples: readonly Example[];
}

export interface Catalogue {
  readonly CHAPTERS: readonly Chapter[];
  readonly EXAMPLES: readonly Example[];
  headerOf(example: Pick<Example, 'file'>): { summary: string; picture: string; verdict: string };
}

export interface RecordExample {
  bundleExamples(sources: readonly string[], folder: string): Promise<(source: string) => string>;
  recordProgram(
    program: string,
    flags: readonly string[],
  ): Promise<{ trace: string; code: number | string; stdout: string; stderr: string }>;
}

export const root = resolve(__dirname, '../..');

const load = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(join(root, 'examples', name)).href)) as T;

export const loadCatalogue = (): Promise<Catalogue> => load('catalogue.mjs');
export const loadRecorder = (): Promise<RecordExample> => load('recordExample.mjs');
