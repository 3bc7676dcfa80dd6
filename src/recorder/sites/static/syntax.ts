/** Reading a text into a tree, and small questions about its nodes. */
import type { AnyNode, CallExpression, Expression, NewExpression, Program, Super } from 'acorn';
import { parse as parseText } from 'acorn';

export type Call = CallExpression | NewExpression;

/** Throws where the text is not of that kind. */
export function parse(source: string, isModule: boolean): Program {
  return parseText(source, {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'commonjs',
    preserveParens: true,
    allowHashBang: true,
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
  });
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Calls `visit` with every direct child, in the order of the text as far as keys stand in it. */
export function eachChild(node: AnyNode, visit: (child: AnyNode, key: string) => void): void {
  const fields = node as unknown as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    const value = fields[key];
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit(item, key);
    } else if (isNode(value)) visit(value, key);
  }
}

/** Of which function a call asks. */
export interface Target {
  readonly name: string;
  /** Where V8 says that the call stands. */
  readonly at: number;
  readonly object: Expression | Super | null;
}

export function withoutParentheses(node: AnyNode): AnyNode {
  let inner = node;
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression;
  return inner;
}

/** `(0, x.f)(…)`, as compilers write it, counts as `x.f(…)`. Null: the callee has no name. */
export function targetOf(call: Call, source: string): Target | null {
  let callee = withoutParentheses(call.callee);
  if (callee.type === 'SequenceExpression') callee = withoutParentheses(callee.expressions.at(-1) as Expression);
  if (callee.type === 'ChainExpression') callee = withoutParentheses(callee.expression);
  if (callee.type === 'Identifier') return { name: callee.name, at: callPosition(call, source), object: null };
  if (callee.type !== 'MemberExpression' || callee.computed) return null;
  const { property } = callee;
  if (property.type !== 'Identifier' && property.type !== 'PrivateIdentifier') return null;
  return { name: property.name, at: callPosition(call, source), object: callee.object };
}

/** Words of the language: as the name of a method they are no identifier for V8. */
const keywords: ReadonlySet<string> = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if import in instanceof new null return switch this throw true try typeof var void while with'
  ).split(' '),
);

/** V8 counts a call from `new`, from the last identifier before its arguments, or else from their parenthesis. */
function callPosition(call: Call, source: string): number {
  if (call.type === 'NewExpression') return call.start;
  const { callee } = call;
  if (callee.type === 'Identifier') return callee.start;
  if (
    callee.type === 'MemberExpression' &&
    !callee.computed &&
    callee.property.type === 'Identifier' &&
    !call.optional
  ) {
    if (!keywords.has(callee.property.name)) return callee.property.start;
  }
  return parenthesisAfter(source, callee.end);
}

const beforeParenthesis = /(?:\s|\?\.|\/\*[^]*?\*\/|\/\/[^\n]*)*/y;

function parenthesisAfter(source: string, position: number): number {
  beforeParenthesis.lastIndex = position;
  beforeParenthesis.test(source);
  return beforeParenthesis.lastIndex;
}

/** Nothing in it runs a call that could set a register again before the real call. Getters may. */
export function isSimple(node: AnyNode): boolean {
  switch (node.type) {
    case 'Identifier':
    case 'Literal':
    case 'ThisExpression':
    case 'Super':
    case 'PrivateIdentifier':
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'MetaProperty':
      return true;
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return isSimple(node.expression);
    case 'MemberExpression':
      return isSimple(node.object) && (!node.computed || isSimple(node.property));
    case 'UnaryExpression':
    case 'SpreadElement':
      return isSimple(node.argument);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return isSimple(node.left) && isSimple(node.right);
    case 'ConditionalExpression':
      return isSimple(node.test) && isSimple(node.consequent) && isSimple(node.alternate);
    case 'TemplateLiteral':
    case 'SequenceExpression':
      return node.expressions.every(isSimple);
    case 'ArrayExpression':
      return node.elements.every((element) => element === null || isSimple(element));
    case 'ObjectExpression':
      return node.properties.every((property) =>
        property.type === 'Property'
          ? (!property.computed || isSimple(property.key)) && isSimple(property.value)
          : isSimple(property),
      );
    default:
      return false;
  }
}

/** `this.a.b`, `super.a`: of the same class. */
export function isOfThis(node: AnyNode): boolean {
  let root = node;
  for (;;) {
    if (root.type === 'MemberExpression') root = root.object;
    else if (root.type === 'ParenthesizedExpression' || root.type === 'ChainExpression') root = root.expression;
    else return root.type === 'ThisExpression' || root.type === 'Super';
  }
}

/** The name of a property or a method that is written out; null for `[computed]`. */
export function keyName(key: AnyNode, computed: boolean): string | null {
  if (key.type === 'PrivateIdentifier') return key.name;
  if (computed) return null;
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : null;
}
