/**
 * Gives calls that can be synchronisation a number, which is set in a register just before the call. Lines stay.
 *
 * In synchronisation code the function's own caller is kept at its entry, and put back before each operation and each
 * call that leads on: callbacks and awaits in between do not spoil it.
 */
import type { AnyNode, ChainExpression, ExpressionStatement, Program } from 'acorn';
import { FORM, SET } from './edits.js';
import type { FileFacts, FunctionFacts, FunctionNode } from './lockCode.js';
import { POST_MESSAGE } from './operations.js';
import type { Call, Target } from './syntax.js';
import { eachChild, isSimple, withoutParentheses } from './syntax.js';

/** A numbered call. */
export interface NumberedCall {
  readonly isOperation: boolean;
  /** The operation, or the name that is called. */
  readonly name: string;
  readonly position: number;
  /** The function that it stands in, as callers call it; null: none, or one that nobody calls by name. */
  readonly fn: string | null;
  readonly isLockCode: boolean;
}

export interface Numbering {
  readonly sites: readonly NumberedCall[];
  /** {@link EDIT_NUMBERS} numbers an edit, in the order of the text. */
  readonly edits: readonly number[];
}

interface Edit {
  readonly at: number;
  readonly form: number;
  readonly set: number;
  readonly site: number;
  readonly opens: boolean;
  readonly order: number;
}

/** Who called this code is kept, or is what the register says, or cannot be known. */
type Caller = 'kept' | 'ambient' | 'unknown';

interface Context {
  readonly isLockCode: boolean;
  readonly caller: Caller;
  readonly fn: FunctionFacts | null;
  readonly entry: { isUsed: boolean } | null;
  /** The statement that is this expression. */
  readonly statement: ExpressionStatement | null;
  readonly chain: ChainExpression | null;
  /** V8 may write this expression out in an error's message. */
  readonly isShown: boolean;
}

export interface NumberingRules {
  /** Calls of this name may lead into synchronisation code. */
  readonly isWanted: (name: string) => boolean;
  /** What a name that was imported is called where it comes from. */
  readonly originalName: (name: string) => string;
  readonly isNumbered: (operation: string) => boolean;
}

export function numberCalls(program: Program, facts: FileFacts, rules: NumberingRules): Numbering {
  const sites: NumberedCall[] = [];
  const edits: Edit[] = [];
  const put = (at: number, form: number, opens: boolean, set: number = SET.NONE, site = 0): void => {
    edits.push({ at, form, set, site, opens, order: edits.length });
  };

  const walkFunction = (node: FunctionNode, fn: FunctionFacts, context: Context): void => {
    const inner = contextOf(node, fn, context);
    const { entry } = inner;
    const startsHere = entry !== null && entry !== context.entry;
    // A default value runs before the body, where nothing is kept yet.
    const inParameters: Context = startsHere
      ? { ...inner, caller: fn.name === null ? 'unknown' : 'ambient', entry: null }
      : inner;
    for (const parameter of node.params) walk(parameter, inParameters);
    walk(node.body, inner);
    if (node.body.type !== 'BlockStatement') return;
    const forms = startsHere && entry.isUsed ? entryForms(fn) : isMistakable(fn) ? forgetForms : null;
    if (forms === null) return;
    const directive = node.body.body.findLast((statement) => 'directive' in statement && statement.directive);
    // The first statement may begin at the very same place.
    const at = directive?.end ?? node.body.start + 1;
    edits.push({ at, form: forms[directive ? 1 : 0], set: SET.NONE, site: 0, opens: true, order: -1 });
  };

  /** Its callers are numbered as if it led into a lock, and their numbers would stay until the next real call. */
  const isMistakable = ({ node, name, isLockCode }: FunctionFacts): boolean =>
    !isLockCode && !node.generator && name !== null && rules.isWanted(name);

  const walk = (node: AnyNode, context: Context): void => {
    const fn = facts.functions.get(node as FunctionNode);
    if (fn) return walkFunction(node as FunctionNode, fn, context);
    let here = context;
    if (node.type === 'ExpressionStatement') here = { ...here, statement: node, chain: null };
    else if (node.type === 'ChainExpression') here = { ...here, chain: node };
    else if (node.type === 'PropertyDefinition' || node.type === 'StaticBlock') here = outsideOfFunctions(here);
    else if (node.type !== 'MemberExpression' && node.type !== 'CallExpression') here = { ...here, chain: null };
    const target = facts.targets.get(node as Call);
    if (target) number(node as Call, target, here);
    const reference = referenceChain(node);
    eachChild(node, (child, key) => {
      // Arguments and computed keys are no part of their call's chain.
      const isApart = here.chain !== null && (key === 'arguments' || key === 'property');
      const isShown = isShownIn(node, key, here.isShown);
      const childContext =
        isApart || isShown !== here.isShown ? { ...here, chain: isApart ? null : here.chain, isShown } : here;
      if (reference === null || withoutParentheses(child) !== reference) return walk(child, childContext);
      // `delete a?.b().c` and `(a?.b().c)()` need the reference that a parenthesis would make a value: left as it is.
      eachChild(reference, (inner) => walk(inner, { ...here, statement: null, chain: null, isShown: true }));
    });
  };

  const number = (call: Call, target: Target, context: Context): void => {
    const operation = facts.operations.get(call);
    if (operation === undefined ? !rules.isWanted(target.name) : !rules.isNumbered(operation)) return;
    if (call.callee.type === 'Super' || call.callee.type === 'ImportExpression') return;
    // A message is posted from where it is posted: no lock's caller is asked for.
    const isLockCode = operation !== POST_MESSAGE && context.isLockCode;
    const set = setOf(operation !== undefined, isLockCode ? context.caller : null);
    if (set === SET.NONE) return;
    const place = placeOf(call, context);
    if (place === null) return;
    if ((set === SET.INNER_KEPT || set === SET.OUTER_KEPT) && context.entry) context.entry.isUsed = true;
    const site = sites.push({
      isOperation: operation !== undefined,
      name: operation ?? rules.originalName(target.name),
      position: target.at,
      fn: context.fn?.name ?? null,
      isLockCode,
    });
    for (const [at, form, opens] of place) put(at, form, opens, form === FORM.CLOSE ? SET.NONE : set, site);
  };

  walk(program, {
    isLockCode: false,
    caller: 'unknown',
    fn: null,
    entry: null,
    statement: null,
    chain: null,
    isShown: false,
  });
  edits.sort(
    (a, b) => a.at - b.at || Number(a.opens) - Number(b.opens) || (a.opens ? a.order - b.order : b.order - a.order),
  );
  return { sites, edits: edits.flatMap(({ at, form, set, site }) => [at, form, set, site]) };
}

/**
 * What holds inside of a function. One that callers know by a name, or that is handed out, starts anew; one without a name
 * is a part of the code around it.
 */
function contextOf(node: FunctionNode, fn: FunctionFacts, context: Context): Context {
  const inside: Context = { ...context, statement: null, chain: null, isShown: false };
  const isPart = fn.name === null && !fn.isHandedOut;
  if (isPart && context.isLockCode) {
    // It runs later: what the register says then is somebody else's.
    const isLost = node.generator || context.caller === 'ambient';
    return isLost ? { ...inside, caller: 'unknown', entry: null } : inside;
  }
  if (isPart || !fn.isLockCode) return { ...inside, isLockCode: false, caller: 'unknown', fn, entry: null };
  const canKeep = node.body.type === 'BlockStatement' && !node.generator;
  const caller = canKeep ? 'kept' : node.generator || fn.name === null ? 'unknown' : 'ambient';
  return { ...inside, isLockCode: true, caller, fn, entry: canKeep ? { isUsed: false } : null };
}

/** @param caller of the lock code that the call stands in; null where it stands in none */
function setOf(isOperation: boolean, caller: Caller | null): number {
  if (isOperation) {
    if (caller === 'kept') return SET.INNER_KEPT;
    return caller === 'ambient' ? SET.INNER_AMBIENT : SET.INNER;
  }
  if (caller === 'kept') return SET.OUTER_KEPT;
  return caller === 'ambient' ? SET.NONE : SET.OUTER;
}

/** Fields and static blocks run with their class, apart from the function around. */
function outsideOfFunctions(context: Context): Context {
  return {
    ...context,
    caller: context.isLockCode ? 'ambient' : context.caller,
    entry: null,
    statement: null,
    chain: null,
  };
}

/**
 * `m.acquire().x is not a function`, `Cannot destructure property 'a' of 'm.acquire(...)'`: such messages write out what
 * they speak of, and a number in front of it would stand there.
 */
function isShownIn(node: AnyNode, key: string, isSelfShown: boolean): boolean {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression':
      return key === 'callee';
    case 'TaggedTemplateExpression':
      return key === 'tag';
    case 'MemberExpression':
      return key === 'object';
    case 'SpreadElement':
      return true;
    case 'ForOfStatement':
      return key === 'right';
    case 'YieldExpression':
      return node.delegate;
    case 'VariableDeclarator':
      return node.id.type !== 'Identifier';
    case 'AssignmentPattern':
      return node.left.type !== 'Identifier';
    case 'AssignmentExpression':
      return isSelfShown || node.left.type === 'ObjectPattern' || node.left.type === 'ArrayPattern';
    case 'ParenthesizedExpression':
    case 'SequenceExpression':
    case 'LogicalExpression':
    case 'ConditionalExpression':
    case 'AwaitExpression':
    case 'ChainExpression':
      return isSelfShown;
    default:
      return false;
  }
}

/** The chain that a node needs as a reference, if it ends in a property. */
function referenceChain(node: AnyNode): ChainExpression | null {
  const operand =
    node.type === 'UnaryExpression' && node.operator === 'delete'
      ? node.argument
      : node.type === 'CallExpression'
        ? node.callee
        : node.type === 'TaggedTemplateExpression'
          ? node.tag
          : null;
  const chain = operand && withoutParentheses(operand);
  return chain?.type === 'ChainExpression' && chain.expression.type === 'MemberExpression' ? chain : null;
}

const forgetForms = [FORM.FORGET, FORM.FORGET_AFTER] as const;

const entryForms = ({ name }: FunctionFacts): readonly [number, number] =>
  name === null ? [FORM.HANDED_OUT, FORM.HANDED_OUT_AFTER] : [FORM.ENTRY, FORM.ENTRY_AFTER];

type Insertion = readonly [at: number, form: number, opens: boolean];

/** Where the number is set: as late as what the call evaluates by itself asks for. Null: nowhere. */
function placeOf(call: Call, context: Context): readonly Insertion[] | null {
  const args = call.arguments;
  // A chain may end before its call: its number is set where only the call comes to.
  if (context.chain === null && isSimple(call.callee) && args.every(isSimple)) {
    // Without parentheses at the start of a statement, or a missing semicolon on the line before would make a call of it.
    if (context.statement?.start === call.start) return [[call.start, FORM.FIRST, true]];
    if (!context.isShown) {
      return [
        [call.start, FORM.OPEN, true],
        [call.end, FORM.CLOSE, false],
      ];
    }
  }
  const last = args.at(-1);
  if (last) {
    const value = last.type === 'SpreadElement' ? last.argument : last;
    const [open, close] = isSimple(value) ? [FORM.OPEN, FORM.CLOSE] : [FORM.PASS, FORM.PASSED];
    return [
      [value.start, open, true],
      [value.end, close, false],
    ];
  }
  return call.type === 'CallExpression' ? [[call.end - 1, FORM.SPREAD, true]] : null;
}
