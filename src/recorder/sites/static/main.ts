/**
 * The load hook's parser, in a bundle of its own: it is loaded when the first file of a process has to be read, and what
 * it finds is kept on disk.
 */
import type { ImportDeclaration, Program, VariableDeclaration } from 'acorn';
import { awaitedCalls } from './awaitedCalls.js';
import type { AwaitedCall } from './awaitedCalls.js';
import { numberCalls } from './numbering.js';
import type { NumberedCall } from './numbering.js';
import { fileFacts } from './lockCode.js';
import type { FileFacts } from './lockCode.js';
import { LIBRARY_NAMES, LIBRARY_TEXT, LIKELY_NAMES, requestsWebLocks } from './operations.js';
import { keyName, parse } from './syntax.js';
import { wordTable } from './wordTable.js';
import type { TabledFunction } from './wordTable.js';

/** What a file's text says: it can be written as JSON. */
export interface ReadFile {
  /** `[0: call, 1: operation, +2: lock code; name; position; function]`. */
  readonly sites: readonly (readonly [kind: number, name: string, position: number, fn: string | null])[];
  readonly edits: readonly number[];
  /** Of synchronisation code: by which name it is called, and which names it calls. */
  readonly paths: readonly (readonly [name: string, called: readonly string[]])[];
  readonly functions: readonly TabledFunction[];
  /** Of files that request Web Locks: which calls the function around them awaits. */
  readonly awaited: readonly AwaitedCall[];
}

export const SITE_KIND = { OPERATION: 1, LOCK_CODE: 2 } as const;

/** The name by which a file's default export is known to those that import it. */
export const DEFAULT_NAME = 'default';

function parseEither(source: string, isModule: boolean | null): Program {
  if (isModule !== null) return parse(source, isModule);
  try {
    return parse(source, false);
  } catch {
    return parse(source, true);
  }
}

/**
 * @param isModule null: not known
 * @param names what leads into lock files that this one imports
 * @param withLoads numbers reads of words, too
 * @returns null: nothing in it matters. Throws where the text cannot be parsed.
 */
export function readFile(
  source: string,
  isModule: boolean | null,
  names: readonly string[],
  withLoads: boolean,
): ReadFile | null {
  const program = parseEither(source, isModule);
  const facts = fileFacts(program, source);
  const wanted = new Set([...LIKELY_NAMES, ...names, ...(LIBRARY_TEXT.test(source) ? LIBRARY_NAMES : [])]);
  for (const { isLockCode, name } of facts.functions.values()) if (isLockCode && name !== null) wanted.add(name);
  const aliases = aliasesOf(program, wanted);
  const isWanted = (name: string): boolean => wanted.has(name) || aliases.has(name);
  const { sites, edits } = numberCalls(program, facts, {
    isWanted,
    originalName: (name) => aliases.get(name) ?? name,
    isNumbered: (operation) => withLoads || operation !== 'load',
  });
  const functions = wordTable(program, facts, source, (call) => isWanted(facts.targets.get(call)?.name ?? ''));
  const awaited = requestsWebLocks(source) ? awaitedCalls(program, facts) : [];
  if (sites.length === 0 && functions.length === 0 && awaited.length === 0) return null;
  return { sites: sites.map(rowOf), edits, paths: pathsOf(facts, isWanted), functions, awaited };
}

/** The names by which others get into the synchronisation code of a file. */
export function lockNames(source: string): string[] {
  const facts = fileFacts(parseEither(source, null), source);
  const names = new Set<string>();
  for (const { isLockCode, name } of facts.functions.values()) if (isLockCode && name !== null) names.add(name);
  if (facts.defaultNames.some((name) => names.has(name))) names.add(DEFAULT_NAME);
  return [...names];
}

const rowOf = ({ isOperation, isLockCode, name, position, fn }: NumberedCall): ReadFile['sites'][number] => [
  (isOperation ? SITE_KIND.OPERATION : 0) | (isLockCode ? SITE_KIND.LOCK_CODE : 0),
  name,
  position,
  fn,
];

function pathsOf(facts: FileFacts, isWanted: (name: string) => boolean): ReadFile['paths'] {
  const paths = new Map<string, Set<string>>();
  const add = (name: string, called: Iterable<string>): void => {
    let known = paths.get(name);
    if (!known) paths.set(name, (known = new Set()));
    for (const one of called) known.add(one);
  };
  for (const { isLockCode, name, calls } of facts.functions.values()) {
    if (!isLockCode || name === null) continue;
    add(name, calls.map((call) => call.name).filter(isWanted));
    if (facts.defaultNames.includes(name)) add(DEFAULT_NAME, [name]);
  }
  return [...paths].map(([name, called]) => [name, [...called]]);
}

/** `import { acquire as take } from './lock.mjs'`, `const { acquire: take } = require('./lock.cjs')`: by the local name. */
function aliasesOf(program: Program, wanted: ReadonlySet<string>): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') addImported(statement, wanted, aliases);
    else if (statement.type === 'VariableDeclaration') addRequired(statement, wanted, aliases);
  }
  return aliases;
}

function addImported(
  { specifiers }: ImportDeclaration,
  wanted: ReadonlySet<string>,
  aliases: Map<string, string>,
): void {
  for (const specifier of specifiers) {
    if (specifier.type === 'ImportDefaultSpecifier') {
      if (wanted.has(DEFAULT_NAME)) aliases.set(specifier.local.name, DEFAULT_NAME);
    } else if (specifier.type === 'ImportSpecifier') {
      const { imported, local } = specifier;
      const name = imported.type === 'Identifier' ? imported.name : String(imported.value);
      if (name !== local.name && wanted.has(name)) aliases.set(local.name, name);
    }
  }
}

function addRequired(
  { declarations }: VariableDeclaration,
  wanted: ReadonlySet<string>,
  aliases: Map<string, string>,
): void {
  for (const { id, init } of declarations) {
    if (id.type === 'Identifier' && init?.type === 'CallExpression' && wanted.has(DEFAULT_NAME)) {
      const isRequire = init.callee.type === 'Identifier' && init.callee.name === 'require';
      if (isRequire && !wanted.has(id.name)) aliases.set(id.name, DEFAULT_NAME);
    }
    if (id.type !== 'ObjectPattern' || !init) continue;
    for (const property of id.properties) {
      if (property.type !== 'Property' || property.value.type !== 'Identifier') continue;
      const name = keyName(property.key, property.computed);
      if (name !== null && name !== property.value.name && wanted.has(name)) aliases.set(property.value.name, name);
    }
  }
}
