/**
 * Turns a program's text into one that can be run step by step: its functions become generators, its calls of Atomics say
 * where they stand. What the recorder's load hook reads from the text is read from the same text.
 */
import type { AnonymousFunctionDeclaration, AnyNode, FunctionDeclaration } from 'acorn';
import { eachChild, keyName, parse, targetOf, type Call } from '../../src/recorder/sites/static/syntax.js';
import { readFile } from '../../src/recorder/sites/static/main.js';
import type { FunctionUse } from '../../src/trace/records.js';

/** A call as V8 says where it stands. */
export interface CallPlace {
  readonly line: number;
  readonly column: number;
  readonly fn: string | null;
}

export interface SteppedSource {
  readonly code: string;
  readonly places: readonly CallPlace[];
  readonly functions: readonly FunctionUse[];
}

interface Insert {
  readonly at: number;
  readonly text: string;
}

export function stepped(source: string): SteppedSource {
  const program = parse(source, false);
  const names = new Set(['sleep', 'loop', 'fail']);
  eachNode(program, (node) => {
    if (node.type === 'FunctionDeclaration') names.add(nameOf(node));
    if (node.type === 'MethodDefinition' && node.kind === 'method') names.add(keyName(node.key, node.computed) ?? '');
  });
  const inserts: Insert[] = [];
  const places: CallPlace[] = [];
  const visit = (node: AnyNode, fn: string | null): void => {
    let inside = fn;
    if (node.type === 'FunctionDeclaration') {
      inside = nameOf(node);
      inserts.push({ at: starOf(node, source), text: '*' });
    } else if (node.type === 'MethodDefinition') {
      inside = keyName(node.key, node.computed);
      if (node.kind === 'method') inserts.push({ at: node.key.start, text: '*' });
    } else if (node.type === 'CallExpression') {
      const target = targetOf(node, source);
      const isOperation = target?.object?.type === 'Identifier' && target.object.name === 'Atomics';
      if (target && (isOperation || names.has(target.name))) {
        const { line, column } = positionOf(source, target.at);
        const place = places.push({ line, column, fn }) - 1;
        inserts.push(...(isOperation ? operation(node, target.name, place) : call(node, place)));
      }
    }
    eachChild(node, (child) => visit(child, inside));
  };
  visit(program, null);
  return { code: withInserts(source, inserts), places, functions: functionsOf(source) };
}

function operation({ start, end, callee }: Call, name: string, place: number): Insert[] {
  return [
    { at: start, text: `(yield* $.operation(${place}, '${name}', [/*` },
    { at: callee.end, text: '*/...$.list' },
    { at: end, text: ']))' },
  ];
}

function call({ start, end }: Call, place: number): Insert[] {
  return [
    { at: start, text: `(yield* $.call(${place}, ` },
    { at: end, text: '))' },
  ];
}

type Declared = FunctionDeclaration | AnonymousFunctionDeclaration;

const nameOf = ({ id }: Declared): string => id?.name ?? '';
const starOf = ({ start }: Declared, source: string): number => source.indexOf('function', start) + 'function'.length;

function eachNode(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  eachChild(node, (child) => eachNode(child, visit));
}

/** At one place the end of what is inside comes before the end of what is around. */
function withInserts(source: string, inserts: readonly Insert[]): string {
  let code = '';
  let from = 0;
  const inOrder = inserts
    .map((insert, i) => ({ ...insert, i }))
    .sort((a, b) => a.at - b.at || (a.text.startsWith(']') || a.text.startsWith(')') ? b.i - a.i : a.i - b.i));
  for (const { at, text } of inOrder) {
    code += source.slice(from, at) + text;
    from = at;
  }
  return code + source.slice(from);
}

function positionOf(source: string, position: number): { line: number; column: number } {
  const before = source.slice(0, position);
  return { line: before.split('\n').length, column: position - before.lastIndexOf('\n') };
}

function functionsOf(source: string): FunctionUse[] {
  return (readFile(source, false, [], false)?.functions ?? []).map(([className, name, position, isThin, calls]) => ({
    className,
    name,
    ...positionOf(source, position),
    isThin,
    calls: calls.map(([op, at, word, literals, flags]) => ({ op, ...positionOf(source, at), word, literals, flags })),
  }));
}
