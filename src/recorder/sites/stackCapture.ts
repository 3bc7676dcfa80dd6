/**
 * One captured stack: the program's frames, without Node's, the recorder's and the library's. A stack that was seen
 * before costs only the capture (2-7 us); numbering happens in a tree of (script, position) from the inside out.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { FrameDefinition } from '../../probe/definitions.js';
import { CompiledInMemory } from './compiledInMemory.js';

/** Frames of the program that a stack keeps. */
const MAX_FRAMES = 6;
/** Frames asked of V8: the library and Node stand in front of the program's. */
const CAPTURED_FRAMES = 24;

interface StackNode {
  id: number;
  readonly callers: Map<string, Map<number, StackNode>>;
}

const newNode = (): StackNode => ({ id: 0, callers: new Map() });

type Prepare = typeof Error.prepareStackTrace;
const keepCallSites: NonNullable<Prepare> = (_error, callSites) => callSites;

/** The structured frames above `skip`, whatever the program did to `Error`, which is left as it was. */
function callSitesAbove(skip: (...args: never[]) => unknown, depth: number): readonly NodeJS.CallSite[] {
  // --frozen-intrinsics: no site then.
  if (Object.isFrozen(Error)) return [];
  const hadPrepare = Object.hasOwn(Error, 'prepareStackTrace');
  const prepare = Error.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  const holder: { stack?: unknown } = {};
  try {
    Error.prepareStackTrace = keepCallSites;
    Error.stackTraceLimit = depth;
    Error.captureStackTrace(holder, skip);
    return Array.isArray(holder.stack) ? (holder.stack as NodeJS.CallSite[]) : [];
  } catch {
    // The program made one of them read-only.
    return [];
  } finally {
    if (Error.stackTraceLimit !== limit) Error.stackTraceLimit = limit;
    if (hadPrepare) Error.prepareStackTrace = prepare;
    else delete (Error as { prepareStackTrace?: Prepare }).prepareStackTrace;
  }
}

/** Node's own code has called the function `skip`: what it waits for is done by threads that are not the program's. */
export function isCalledByNode(skip: (...args: never[]) => unknown): boolean {
  return callSitesAbove(skip, 1)[0]?.getFileName()?.startsWith('node:') === true;
}

function scriptOf(callSite: NodeJS.CallSite): string | null {
  return callSite.getFileName() ?? callSite.getScriptNameOrSourceURL() ?? null;
}

function frameOf(callSite: NodeJS.CallSite, script: string): FrameDefinition {
  return {
    script,
    line: callSite.getLineNumber() ?? 1,
    column: callSite.getColumnNumber() ?? 1,
    fn: callSite.getFunctionName(),
    map: null,
  };
}

export class StackCapture {
  readonly #root = newNode();
  readonly #skipped: Set<string>;
  readonly #define: (frames: readonly FrameDefinition[]) => number;
  readonly #compiled = new CompiledInMemory();

  /** @param define makes new frames known and gives the stack's id */
  constructor(ownFile: string, define: (frames: readonly FrameDefinition[]) => number) {
    this.#skipped = new Set([ownFile]);
    this.#define = define;
  }

  /** Frames of this file are the library's. */
  skip(path: string): void {
    this.#skipped.add(path);
  }

  isSkipped(path: string): boolean {
    return this.#skipped.has(path);
  }

  /** The id of the stack above the function `skip`; 0 when no frame of it is the program's. */
  capture(skip: (...args: never[]) => unknown): number {
    const kept: NodeJS.CallSite[] = [];
    let node = this.#root;
    for (const callSite of callSitesAbove(skip, CAPTURED_FRAMES)) {
      const script = scriptOf(callSite);
      if (script === null || script.startsWith('node:') || this.#skipped.has(script)) continue;
      node = step(node, script, callSite.getPosition());
      if (kept.push(callSite) === MAX_FRAMES) break;
    }
    if (kept.length === 0) return 0;
    if (node.id === 0) {
      const frames = kept.map((site) => this.#compiled.original(frameOf(site, scriptOf(site) as string)));
      node.id = this.#define(frames);
    }
    return node.id;
  }
}

function step(node: StackNode, script: string, position: number): StackNode {
  let positions = node.callers.get(script);
  if (!positions) node.callers.set(script, (positions = new Map<number, StackNode>()));
  let next = positions.get(position);
  if (!next) positions.set(position, (next = newNode()));
  return next;
}
