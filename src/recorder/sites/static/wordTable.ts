/**
 * What can be said of a file's uses of Atomics without running it: for each function, which word expression each call
 * means, with which constants, whether it stands in a loop, and whether a test of what others can change guards it.
 */
import type { AnyNode, Program } from 'acorn';
import { USE_FLAG } from '../../../trace/records.js';
import type { FileFacts, FunctionFacts, FunctionNode } from './lockCode.js';
import { POST_MESSAGE } from './operations.js';
import type { Call } from './syntax.js';
import { eachChild, withoutParentheses } from './syntax.js';

/** `[operation's name or '' for another call, position, word's text or what is called, literals, flags]`. */
export type TabledCall = readonly [
  op: string,
  position: number,
  word: string,
  literals: readonly (number | null)[],
  flags: number,
];

/** `[class, function's name, position, thin wrapper, calls]`. */
export type TabledFunction = readonly [
  className: string | null,
  name: string | null,
  position: number,
  isThin: boolean,
  calls: readonly TabledCall[],
];

const MAX_WORD_CHARS = 120;
const loops: ReadonlySet<string> = new Set([
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
]);

interface Context {
  readonly fn: FunctionFacts | null;
  readonly loop: AnyNode | null;
  readonly isGuarded: boolean;
}

interface Row {
  readonly fn: FunctionFacts | null;
  readonly calls: TabledCall[];
}

/** @param isListed other calls that the table has to know, by which code gets into locks */
export function wordTable(
  program: Program,
  facts: FileFacts,
  source: string,
  isListed: (call: Call) => boolean,
): TabledFunction[] {
  const constants = constantsOf(program);
  const rows = new Map<FunctionFacts | null, Row>();
  const wrappers = thinWrappers(facts);
  const pure = new Map<AnyNode, boolean>();
  const isPure = (loop: AnyNode): boolean => {
    let known = pure.get(loop);
    if (known === undefined) pure.set(loop, (known = isPureLoop(loop, facts)));
    return known;
  };

  const add = (call: Call, { fn, loop, isGuarded }: Context): void => {
    const target = facts.targets.get(call);
    const operation = facts.operations.get(call);
    if (!target || operation === POST_MESSAGE || (operation === undefined && !isListed(call))) return;
    const wrapper = operation === undefined && target.object === null ? wrappers.get(target.name) : undefined;
    const op = operation ?? wrapper?.operation ?? '';
    const args = wrapper ? wrapper.argumentsOf(call.arguments) : call.arguments;
    const flags =
      (loop ? USE_FLAG.IN_LOOP : 0) |
      (isGuarded ? USE_FLAG.GUARDED : 0) |
      (loop && isPure(loop) ? USE_FLAG.PURE_LOOP : 0);
    const word = op === '' ? textOf(source, [call.callee]) : textOf(source, args.slice(0, 2));
    const literals = op === '' ? [] : args.slice(2).map((argument) => literalOf(argument, constants));
    let row = rows.get(fn);
    if (!row) rows.set(fn, (row = { fn, calls: [] }));
    row.calls.push([op, target.at, word, literals, flags]);
  };

  const walk = (node: AnyNode, context: Context): void => {
    const fn = facts.functions.get(node as FunctionNode);
    const here: Context = fn
      ? { fn: fn.name === null && context.fn ? context.fn : fn, loop: null, isGuarded: false }
      : context;
    if (node.type === 'CallExpression' || node.type === 'NewExpression') add(node, here);
    const isLoop = loops.has(node.type);
    eachChild(node, (child, key) => {
      const isInLoop = isLoop && key !== 'init';
      walk(child, {
        fn: here.fn,
        loop: isInLoop ? node : here.loop,
        isGuarded: here.isGuarded || guards(node, key),
      });
    });
  };
  walk(program, { fn: null, loop: null, isGuarded: false });

  const isThin = (fn: FunctionFacts | null): boolean => fn?.name != null && wrappers.get(fn.name)?.fn === fn;
  return [...rows.values()].map(({ fn, calls }) => [
    fn?.className ?? null,
    fn?.name ?? null,
    fn?.node.start ?? 0,
    isThin(fn),
    calls,
  ]);
}

/** The child of a node under this key runs only if a test says so that another thread can change. */
function guards(node: AnyNode, key: string): boolean {
  switch (node.type) {
    case 'ForStatement':
      return key === 'body' && (!node.test || asksOthers(node.test));
    case 'WhileStatement':
    case 'DoWhileStatement':
      return key === 'body' && (node.test.type === 'Literal' || asksOthers(node.test));
    case 'IfStatement':
    case 'ConditionalExpression':
      return key !== 'test' && asksOthers(node.test);
    case 'LogicalExpression':
      return key === 'right' && asksOthers(node.left);
    default:
      return false;
  }
}

function asksOthers(test: AnyNode): boolean {
  return some(test, (node) => node.type === 'CallExpression' || (node.type === 'MemberExpression' && node.computed));
}

function some(node: AnyNode, is: (node: AnyNode) => boolean): boolean {
  if (is(node)) return true;
  let found = false;
  eachChild(node, (child) => {
    found ||= some(child, is);
  });
  return found;
}

const endsItself: ReadonlySet<string> = new Set([
  'ThrowStatement',
  'AwaitExpression',
  'YieldExpression',
  'NewExpression',
  'TaggedTemplateExpression',
]);

function isPureLoop(loop: AnyNode, facts: FileFacts): boolean {
  return !some(loop, (node) => {
    if (node.type === 'CallExpression')
      return !facts.operations.has(node) || facts.operations.get(node) === POST_MESSAGE;
    return endsItself.has(node.type) || (node.type === 'ReturnStatement' && node.argument != null);
  });
}

/** Numbers that the text names: literals, and constants at its top level that are such. */
type Constants = ReadonlyMap<string, number>;

function constantsOf(program: Program): Constants {
  const constants = new Map<string, number>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type !== 'Identifier' || !init) continue;
      const value = literalOf(init, constants);
      if (value !== null) constants.set(id.name, value);
    }
  }
  return constants;
}

function literalOf(node: AnyNode, constants: Constants): number | null {
  const value = withoutParentheses(node);
  if (value.type === 'Identifier') return constants.get(value.name) ?? null;
  if (value.type === 'UnaryExpression' && value.operator === '-') {
    const positive = literalOf(value.argument, constants);
    return positive === null ? null : -positive;
  }
  if (value.type !== 'Literal') return null;
  if (typeof value.value === 'bigint') return Number(value.value);
  return typeof value.value === 'number' ? value.value : null;
}

/** Array and index of a word: `this.` says nothing, and blanks and comments do not make two words. */
function textOf(source: string, nodes: readonly AnyNode[]): string {
  const text = nodes.map(({ start, end }) => source.slice(start, end)).join('#');
  return text
    .replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '')
    .replace(/\s+/g, '')
    .replace(/\bthis\./g, '')
    .slice(0, MAX_WORD_CHARS);
}

interface Wrapper {
  readonly fn: FunctionFacts;
  readonly operation: string;
  argumentsOf(given: readonly AnyNode[]): readonly AnyNode[];
}

/** Functions that are one call of Atomics on their own parameters: who calls them is who operates. By name. */
function thinWrappers(facts: FileFacts): ReadonlyMap<string, Wrapper> {
  const wrappers = new Map<string, Wrapper>();
  for (const fn of facts.functions.values()) {
    const call = onlyCall(fn.node);
    const operation = call && facts.operations.get(call);
    if (!call || !operation || operation === POST_MESSAGE || fn.name === null || fn.className !== null) continue;
    const names = fn.node.params.map((parameter) => (parameter.type === 'Identifier' ? parameter.name : null));
    const places = call.arguments.map((argument) =>
      argument.type === 'Identifier' ? names.indexOf(argument.name) : -1,
    );
    if (places[0] === -1 || places.length < 2) continue;
    wrappers.set(fn.name, {
      fn,
      operation,
      argumentsOf: (given) =>
        call.arguments.flatMap((argument, i) => {
          const place = places[i] as number;
          return place < 0 ? [argument] : given[place] ? [given[place]] : [];
        }),
    });
  }
  return wrappers;
}

function onlyCall({ body }: FunctionNode): Call | null {
  let value: AnyNode | null | undefined = body;
  if (body.type === 'BlockStatement') {
    const [statement, more] = body.body;
    if (!statement || more) return null;
    value =
      statement.type === 'ReturnStatement'
        ? statement.argument
        : statement.type === 'ExpressionStatement'
          ? statement.expression
          : null;
  }
  const call = value && withoutParentheses(value);
  return call?.type === 'CallExpression' ? call : null;
}
