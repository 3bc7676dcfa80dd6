/**
 * What a file says about itself: its functions, which of them are synchronisation code, and by which names callers get
 * into those. Synchronisation code is every function of a file that uses Atomics and exports something; where nothing is
 * exported, the functions that use Atomics themselves and those of the same class that lead to them.
 */
import type {
  AnyNode,
  ArrowFunctionExpression,
  Class,
  FunctionDeclaration,
  FunctionExpression,
  Program,
  VariableDeclarator,
} from 'acorn';
import { OPERATIONS, POST_MESSAGE } from './operations.js';
import type { Call, Target } from './syntax.js';
import { eachChild, isOfThis, keyName, targetOf } from './syntax.js';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

export interface FunctionFacts {
  readonly node: FunctionNode;
  /** What callers call it; null for a function that is only handed on. */
  readonly name: string | null;
  readonly className: string | null;
  readonly outer: FunctionFacts | null;
  /** Returned, or assigned to something that has no name here: it is called from outside, by a name that nobody knows. */
  readonly isHandedOut: boolean;
  /** Calls in it and in the functions that it holds. */
  readonly calls: Target[];
  usesAtomics: boolean;
  isLockCode: boolean;
}

export interface FileFacts {
  readonly functions: ReadonlyMap<FunctionNode, FunctionFacts>;
  /** The name of the Atomics function that a call calls, or `postMessage`. */
  readonly operations: ReadonlyMap<Call, string>;
  readonly targets: ReadonlyMap<Call, Target>;
  /** `export default`, `module.exports =`: the functions that it makes public without a name. */
  readonly defaultNames: readonly string[];
}

const isFunction = (node: AnyNode): node is FunctionNode =>
  node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

const atomicsFunctions: ReadonlySet<string> = new Set(OPERATIONS.filter((name) => name !== POST_MESSAGE));

interface Place {
  readonly fn: FunctionFacts | null;
  readonly cls: Class | null;
  readonly className: string | null;
  readonly parent: AnyNode | null;
  readonly key: string;
}

export function fileFacts(program: Program, source: string): FileFacts {
  const atomics = new Set(['Atomics']);
  /** `const { wait } = Atomics`. */
  const bare = new Map<string, string>();
  const functions = new Map<FunctionNode, FunctionFacts>();
  const operations = new Map<Call, string>();
  const targets = new Map<Call, Target>();
  const defaultNames: string[] = [];
  /** Functions that are called by name: once, outside of functions, or more. */
  const calledOnce = new Map<string, boolean>();
  let isExporting = false;

  const operationOf = ({ object, name }: Target): string | undefined => {
    if (name === POST_MESSAGE && object !== null) return name;
    const called = object === null ? bare.get(name) : isAtomics(object) ? name : undefined;
    return called !== undefined && atomicsFunctions.has(called) ? called : undefined;
  };
  const isAtomics = (node: AnyNode): boolean =>
    node.type === 'Identifier'
      ? atomics.has(node.name)
      : node.type === 'MemberExpression' &&
        keyName(node.property, node.computed) === 'Atomics' &&
        node.object.type === 'Identifier' &&
        (node.object.name === 'globalThis' || node.object.name === 'global');

  const walk = (node: AnyNode, place: Place): void => {
    let { fn, cls, className } = place;
    if (/^Export/.test(node.type) || isExportsObject(node)) isExporting = true;
    const published = defaultNameOf(node);
    if (published) defaultNames.push(published);
    if (node.type === 'VariableDeclarator') noteAliases(node, isAtomics, atomics, bare);
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      cls = node;
      className = node.id?.name ?? nameFromParent(place.parent, node, null);
    }
    if (isFunction(node)) {
      const name = node.id?.name ?? nameFromParent(place.parent, node, className);
      fn = {
        node,
        name,
        className,
        outer: place.fn,
        isHandedOut: name === null && isGivenBack(place),
        calls: [],
        usesAtomics: false,
        isLockCode: false,
      };
      functions.set(node, fn);
    } else if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      const target = targetOf(node, source);
      if (target) {
        targets.set(node, target);
        const operation = operationOf(target);
        if (operation !== undefined) operations.set(node, operation);
        if (target.object === null) calledOnce.set(target.name, fn === null && !calledOnce.has(target.name));
        for (let at = fn; at; at = at.outer) {
          at.calls.push(target);
          if (operation !== undefined && operation !== POST_MESSAGE) at.usesAtomics = true;
        }
      }
    }
    eachChild(node, (child, key) => walk(child, { fn, cls, className, parent: node, key }));
  };
  walk(program, { fn: null, cls: null, className: null, parent: null, key: '' });
  markLockCode([...functions.values()], isExporting, calledOnce);
  return { functions, operations, targets, defaultNames };
}

function noteAliases(
  { id, init }: VariableDeclarator,
  isAtomics: (node: AnyNode) => boolean,
  atomics: Set<string>,
  bare: Map<string, string>,
): void {
  if (!init || !isAtomics(init)) return;
  if (id.type === 'Identifier') atomics.add(id.name);
  if (id.type !== 'ObjectPattern') return;
  for (const property of id.properties) {
    if (property.type !== 'Property' || property.value.type !== 'Identifier') continue;
    const name = keyName(property.key, property.computed);
    if (name !== null) bare.set(property.value.name, name);
  }
}

/** What a function or class is called by where it stands: a method, a property, a variable. */
function nameFromParent(parent: AnyNode | null, node: AnyNode, className: string | null): string | null {
  switch (parent?.type) {
    case 'MethodDefinition':
      return parent.kind === 'constructor' ? className : keyName(parent.key, parent.computed);
    case 'Property':
    case 'PropertyDefinition':
      return parent.value === node ? keyName(parent.key, parent.computed) : null;
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' ? parent.id.name : null;
    case 'AssignmentExpression': {
      const { left } = parent;
      if (left.type === 'Identifier') return left.name;
      if (left.type !== 'MemberExpression' || isModuleExports(left)) return null;
      return keyName(left.property, left.computed);
    }
    default:
      return null;
  }
}

const isGivenBack = ({ parent, key }: Place): boolean =>
  parent?.type === 'ReturnStatement' ||
  parent?.type === 'ExportDefaultDeclaration' ||
  parent?.type === 'AssignmentExpression' ||
  (parent?.type === 'ArrowFunctionExpression' && key === 'body');

/** `module.exports`, or `exports` of `exports.name`. */
function isExportsObject(node: AnyNode): boolean {
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return false;
  if (node.object.name === 'exports') return true;
  return node.object.name === 'module' && keyName(node.property, node.computed) === 'exports';
}

function defaultNameOf(node: AnyNode): string | null {
  const value =
    node.type === 'ExportDefaultDeclaration'
      ? node.declaration
      : node.type === 'AssignmentExpression' && isModuleExports(node.left)
        ? node.right
        : null;
  if (value?.type === 'Identifier') return value.name;
  const isNamed = value && (isFunction(value) || value.type === 'ClassExpression' || value.type === 'ClassDeclaration');
  return isNamed ? (value.id?.name ?? null) : null;
}

const isModuleExports = (node: AnyNode): boolean =>
  node.type === 'MemberExpression' &&
  node.object.type === 'Identifier' &&
  node.object.name === 'module' &&
  keyName(node.property, node.computed) === 'exports';

function markLockCode(
  functions: readonly FunctionFacts[],
  isExporting: boolean,
  calledOnce: ReadonlyMap<string, boolean>,
): void {
  const isLibrary = isExporting && functions.some(({ usesAtomics }) => usesAtomics);
  // What a program calls once to begin, `main()`, is what uses its locks.
  const isMain = ({ name, className }: FunctionFacts): boolean =>
    !isExporting && className === null && name !== null && calledOnce.get(name) === true;
  for (const fn of functions) fn.isLockCode = isLibrary || (fn.usesAtomics && !isMain(fn));
  if (isLibrary) return;
  const names = new Set<string>();
  for (let size = -1; size !== names.size;) {
    size = names.size;
    for (const fn of functions) {
      fn.isLockCode ||= fn.calls.some(({ object, name }) => object !== null && names.has(name) && isOfThis(object));
      if (fn.isLockCode && fn.name !== null) names.add(fn.name);
    }
  }
}
