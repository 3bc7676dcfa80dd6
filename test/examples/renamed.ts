/** The same program with other names, some lines further down. */
import ts from 'typescript';

export interface Renamed {
  readonly text: string;
  /** What the names were, by what they are now. */
  readonly names: ReadonlyMap<string, string>;
}

/** No word that a verdict could contain by itself. */
export function otherWord(word: string): string {
  const turned = word.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
  return `x${turned}q`;
}

/** What people name threads and primitives by, in options. */
const namingOptions: ReadonlySet<string> = new Set(['name', 'threadNamePrefix']);

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * @param source an example's text; imported names and properties stay as they are
 * @param lines how many empty lines are put on top
 */
export function renamed(source: string, lines: number): Renamed {
  const file = ts.createSourceFile('example.mts', source, ts.ScriptTarget.Latest, true);
  const declared = declaredNames(file);
  const names = new Map<string, string>();
  const changes: Change[] = [];
  const other = (word: string): string => {
    names.set(otherWord(word), word);
    return otherWord(word);
  };
  const replace = (node: ts.Node, text: string): void => {
    changes.push({ from: node.getStart(file), to: node.getEnd(), text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && declared.has(node.text)) replaceName(node, other(node.text), replace);
    // The name that a function is exported by: `threadFunction(import.meta.url, 'work', …)`.
    if (ts.isStringLiteral(node) && ts.isCallExpression(node.parent) && declared.has(node.text)) {
      replace(node, `'${other(node.text)}'`);
    }
    if (ts.isPropertyAssignment(node) && namingOptions.has(node.name.getText(file))) {
      for (const part of textsIn(node.initializer)) {
        replace(part, part.getText(file).replace(/(?<!\$\{)\b[a-z]+\b/gi, other));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  changes.sort((a, b) => b.from - a.from);
  const text = changes.reduce((all, { from, to, text }) => all.slice(0, from) + text + all.slice(to), source);
  return { text: '\n'.repeat(lines) + text, names };
}

/** Variables, parameters, functions, classes and types of the file. */
function declaredNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node);
    if (isDeclaration && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** A property keeps its name; where it is written once for both, it is written twice. */
function replaceName(node: ts.Identifier, name: string, replace: (node: ts.Node, text: string) => void): void {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return replace(node, `${node.text}: ${name}`);
  if (ts.isBindingElement(parent)) {
    if (parent.propertyName === node) return;
    const isShort = parent.propertyName === undefined && ts.isObjectBindingPattern(parent.parent);
    return replace(node, isShort ? `${node.text}: ${name}` : name);
  }
  const isProperty =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ((ts.isPropertyDeclaration(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent)) &&
      parent.name === node);
  if (!isProperty) replace(node, name);
}

/** A string, or the texts of a template between its expressions. */
function textsIn(node: ts.Expression): ts.Node[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node];
  if (ts.isTemplateExpression(node)) return [node.head, ...node.templateSpans.map(({ literal }) => literal)];
  return [];
}
