/**
 * Calls that the function around them cannot end before: it awaits or returns directly what they give. What goes through
 * `Promise.race`, a list, an argument or a variable is none of them, and neither is anything in a generator.
 */
import type { AnyNode, CallExpression, PrivateIdentifier, Program } from 'acorn';
import type { FileFacts, FunctionNode } from './lockCode.js';
import { eachChild, isSimple, withoutParentheses } from './syntax.js';

/**
 * `[position, where its await stands or -1, the name that is called, where the one function starts that this name can mean
 * or -1, start, end and name of the function around, whether that is written as the callback of a request]`.
 */
export type AwaitedCall = readonly [
  position: number,
  awaitPosition: number,
  callee: string,
  called: number,
  start: number,
  end: number,
  fn: string | null,
  isCallback: boolean,
];

const NONE = -1;

/** By this name requests are made. */
export const REQUEST = 'request';

interface Place {
  readonly fn: FunctionNode | null;
  /** A `finally` stands around, which may do something else than return what is returned. */
  readonly isFinal: boolean;
  /** The function around does not end before the value of this node: where it awaits it, or -1 where it returns it. */
  readonly awaitedAt: number | null;
}

export function awaitedCalls(program: Program, facts: FileFacts): AwaitedCall[] {
  const rows: AwaitedCall[] = [];
  const functions = functionsByName(program, facts);
  const callbacks = new Set<AnyNode | undefined>();

  const add = (call: CallExpression, awaitedAt: number, fn: FunctionNode): void => {
    const target = facts.targets.get(call);
    if (!target) return;
    const { start, end } = fn;
    const called = functions.get(meaningOf(call, target.name))?.start ?? NONE;
    const name = facts.functions.get(fn)?.name ?? null;
    rows.push([target.at, awaitedAt, target.name, called, start, end, name, callbacks.has(fn)]);
  };

  const walk = (node: AnyNode, { fn: outer, isFinal: isOuterFinal, awaitedAt }: Place): void => {
    const isFunction = facts.functions.has(node as FunctionNode);
    const fn = isFunction ? (node as FunctionNode) : outer;
    const isFinal = !isFunction && isOuterFinal;
    if (node.type === 'CallExpression') {
      if (facts.targets.get(node)?.name === REQUEST) callbacks.add(node.arguments.at(-1));
      if (awaitedAt !== null && fn !== null) add(node, awaitedAt, fn);
    }
    eachChild(node, (child, key) => {
      // Only a `then` that is called says something of what it belongs to.
      const isProperty = child.type === 'MemberExpression' && node.type !== 'CallExpression';
      const at = passesOn(node, child, key) ? awaitedAt : endedBy(node, key, fn, isFinal);
      const isInTry = node.type === 'TryStatement' && node.finalizer != null && key !== 'finalizer';
      walk(child, { fn, isFinal: isFinal || isInTry, awaitedAt: isProperty ? null : at });
    });
  };
  walk(program, { fn: null, isFinal: false, awaitedAt: null });
  return rows;
}

/** The function ends with what this child gives, or waits for it. */
function endedBy(node: AnyNode, key: string, fn: FunctionNode | null, isFinal: boolean): number | null {
  if (fn === null || fn.generator) return null;
  if (node.type === 'AwaitExpression') return node.start;
  if (node.type === 'ReturnStatement') return isFinal ? null : NONE;
  return node.type === 'ArrowFunctionExpression' && node.expression && key === 'body' ? NONE : null;
}

/** The value of the node is that of the child, or a promise that is not settled before that one. */
function passesOn(node: AnyNode, child: AnyNode, key: string): boolean {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return true;
    case 'ConditionalExpression':
      return key !== 'test';
    case 'LogicalExpression':
      return key === 'right' || node.operator !== '&&';
    case 'SequenceExpression':
      return child === node.expressions.at(-1);
    case 'CallExpression':
      // What its arguments would call might throw, with the promise made.
      return key === 'callee' && isReaction(child) && node.arguments.every(isSimple);
    case 'MemberExpression':
      return key === 'object' && isReaction(node);
    default:
      return false;
  }
}

/** `.then`: the promise that it gives is settled after the one that it is called on. */
function isReaction(node: AnyNode): boolean {
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return false;
  return ['then', 'catch', 'finally'].includes(node.property.name);
}

/** What a call names, as {@link functionsByName} does: what belongs to an object may be any function. */
function meaningOf({ callee }: CallExpression, name: string): string {
  const inner = withoutParentheses(callee);
  if (inner.type === 'Identifier') return name;
  return inner.type === 'MemberExpression' && inner.property.type === 'PrivateIdentifier' ? `#${name}` : '';
}

/** Functions whose name means nothing else in the whole file; of private methods with `#`. */
function functionsByName(program: Program, facts: FileFacts): ReadonlyMap<string, FunctionNode> {
  const functions = new Map<string, FunctionNode>();
  const taken = new Set<string>();
  const bind = (name: string, fn: FunctionNode | null): void => {
    if (fn !== null && !taken.has(name)) functions.set(name, fn);
    else functions.delete(name);
    taken.add(name);
  };
  const bindAll = (pattern: AnyNode | null | undefined): void => {
    if (!pattern || pattern.type === 'MemberExpression') return;
    if (pattern.type === 'Identifier') bind(pattern.name, null);
    else eachChild(pattern, bindAll);
  };
  const walk = (node: AnyNode): void => {
    if (node.type === 'FunctionDeclaration' && node.id) bind(node.id.name, node);
    else if (node.type === 'FunctionExpression' || node.type === 'ClassDeclaration' || node.type === 'ClassExpression')
      bindAll(node.id);
    else if (node.type === 'VariableDeclaration') {
      for (const { id, init } of node.declarations) {
        const value = init ? (withoutParentheses(init) as FunctionNode) : null;
        const fn = node.kind === 'const' && value !== null && facts.functions.has(value) ? value : null;
        if (id.type === 'Identifier') bind(id.name, fn);
        else bindAll(id);
      }
    } else if (node.type.startsWith('Import') && 'local' in node) bindAll(node.local);
    else if ((node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') && isPrivate(node.key)) {
      const isMethod = node.type === 'MethodDefinition' && node.kind === 'method';
      bind(`#${node.key.name}`, isMethod ? node.value : null);
    } else if (node.type === 'CatchClause') bindAll(node.param);
    else if (node.type === 'AssignmentExpression') bindAll(node.left);
    else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') bindAll(node.left);
    if (facts.functions.has(node as FunctionNode)) for (const one of (node as FunctionNode).params) bindAll(one);
    eachChild(node, walk);
  };
  walk(program);
  return functions;
}

const isPrivate = (node: AnyNode): node is PrivateIdentifier => node.type === 'PrivateIdentifier';
