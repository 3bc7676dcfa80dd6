/**
 * Says in a program's text wherever V8 may end a thread: where a function begins, and where a loop goes round. There it
 * calls `__step`, a function of the global object.
 */
import type { AnyNode } from 'acorn';
import { eachChild, parse } from '../../src/recorder/sites/static/syntax.js';

interface Insert {
  readonly at: number;
  readonly text: string;
}

const STEP = '__step();';

export function withStepPoints(source: string): string {
  const inserts: Insert[] = [];
  const into = ({ start, end }: AnyNode, [open, close]: readonly [string, string]): void =>
    void inserts.push({ at: start, text: open }, { at: end, text: close });
  const visit = (node: AnyNode): void => {
    switch (node.type) {
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
      case 'FunctionExpression':
        if (node.body.type === 'BlockStatement') inserts.push({ at: afterDirectives(node.body), text: STEP });
        else into(node.body, ['(__step(), ', ')']);
        break;
      case 'ForStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        into(node.body, [`{${STEP}`, `${STEP}}`]);
        break;
    }
    eachChild(node, visit);
  };
  visit(parse(source, false));
  let text = '';
  let from = 0;
  // At one place what ends comes before what begins, and what was met first is around what was met later.
  const order = inserts.map((insert, i) => ({ ...insert, i, ends: insert.text.endsWith('}') || insert.text === ')' }));
  order.sort((a, b) => a.at - b.at || Number(b.ends) - Number(a.ends) || (a.ends ? b.i - a.i : a.i - b.i));
  for (const insert of order) {
    text += source.slice(from, insert.at) + insert.text;
    from = insert.at;
  }
  return text + source.slice(from);
}

const afterDirectives = ({ start, body }: { start: number; body: readonly AnyNode[] }): number =>
  body.filter((node) => node.type === 'ExpressionStatement' && node.directive !== undefined).at(-1)?.end ?? start + 1;
