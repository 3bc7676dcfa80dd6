/**
 * One captured stack: the program's frames, without Node's, the recorder's and the library's. A stack that was seen
 * before costs only the capture (2-7 us); numbering happens in a tree of (script, position) from the inside out.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import type { FrameDefinition } from '../../probe/definitions.js';
import { CompiledInMemory } from './compiledInMemory.js';
import type { NumberedCode, NumberedFile, Site } from './numberedCode.js';
import { originalPosition } from './static/edits.js';

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

const { getOwnPropertyDescriptor, hasOwn, isFrozen } = Object;
const { isArray } = Array;

function isAccessor(property: 'prepareStackTrace' | 'stackTraceLimit'): boolean {
  const descriptor = getOwnPropertyDescriptor(Error, property);
  return descriptor !== undefined && 'get' in descriptor;
}

/** The structured frames above `skip`, whatever the program did to `Error`, which is left as it was. */
export function callSitesAbove(skip: (...args: never[]) => unknown, depth: number): readonly NodeJS.CallSite[] {
  // --frozen-intrinsics: no site then.
  if (isFrozen(Error)) return [];
  // Getters of the program, which would see it.
  if (isAccessor('prepareStackTrace') || isAccessor('stackTraceLimit')) return [];
  const hadPrepare = hasOwn(Error, 'prepareStackTrace');
  const prepare = Error.prepareStackTrace;
  const hadLimit = hasOwn(Error, 'stackTraceLimit');
  const limit = Error.stackTraceLimit;
  const holder: { stack?: unknown } = {};
  try {
    Error.prepareStackTrace = keepCallSites;
    Error.stackTraceLimit = depth;
    Error.captureStackTrace(holder, skip);
    return isArray(holder.stack) ? (holder.stack as NodeJS.CallSite[]) : [];
  } catch {
    // The program made one of them read-only.
    return [];
  } finally {
    if (!hadLimit) delete (Error as { stackTraceLimit?: number }).stackTraceLimit;
    else if (Error.stackTraceLimit !== limit) Error.stackTraceLimit = limit;
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

export interface FilePlace {
  readonly file: NumberedFile;
  readonly position: number;
  /** It awaits what the frame above it gives: V8 has found it by its promise, and it stands at its `await`. */
  readonly isAsync: boolean;
}

/** A frame of the stack that was captured last. */
interface Kept {
  readonly callSite: NodeJS.CallSite;
  readonly script: string;
}

export class StackCapture {
  readonly #root = newNode();
  readonly #skipped: Set<string>;
  readonly #define: (frames: readonly FrameDefinition[]) => number;
  readonly #compiled: CompiledInMemory;
  readonly #code: NumberedCode | null;
  #kept: Kept[] = [];

  /**
   * @param define makes new frames known and gives the stack's id
   * @param code the files whose text was edited; null where none were
   */
  constructor(
    ownFile: string,
    define: (frames: readonly FrameDefinition[]) => number,
    code: NumberedCode | null = null,
  ) {
    this.#skipped = new Set([ownFile]);
    this.#define = define;
    this.#code = code;
    this.#compiled = new CompiledInMemory(code);
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
    const kept: Kept[] = (this.#kept = []);
    for (const callSite of callSitesAbove(skip, CAPTURED_FRAMES)) {
      const script = scriptOf(callSite);
      if (script === null || script.startsWith('node:') || this.#skipped.has(script)) continue;
      if (kept.push({ callSite, script }) === MAX_FRAMES) break;
    }
    return this.#idOf(kept);
  }

  /** Frames of the stack that was captured last; 0: none could be had. */
  get depth(): number {
    return this.#kept.length;
  }

  /** A frame of the stack that was captured last stands at this site. */
  isAt(index: number, site: Site): boolean {
    return this.isOfFile(index, site.file) && this.#positionIn(index, site.file) === site.position;
  }

  /** The numbered call that a frame of the stack that was captured last stands at, or null. */
  siteAt(index: number): Site | null {
    const file = this.#code?.fileOf(this.#kept[index]?.script ?? '');
    return file ? (this.#code?.siteAt(file, this.#positionIn(index, file)) ?? null) : null;
  }

  /** Where a frame of the stack that was captured last stands in a file whose text is known, or null. */
  placeAt(index: number): FilePlace | null {
    const kept = this.#kept[index];
    const file = kept && this.#code?.fileOf(kept.script);
    return file ? { file, position: this.#positionIn(index, file), isAsync: kept.callSite.isAsync() } : null;
  }

  isOfFile(index: number, file: NumberedFile): boolean {
    return this.#kept[index]?.script === file.script;
  }

  /** The id of some frames of the stack that was captured last, and one more that it had lost. */
  defineCaptured(frames: readonly number[], lost: Site | null): number {
    const chosen = frames.map((index) => this.#kept[index] as Kept);
    if (lost === null) return this.#idOf(chosen);
    return this.#define([...chosen.map((kept) => this.#frame(kept)), this.#frameOf(lost)]);
  }

  /** The id of a stack of numbered calls. */
  define(sites: readonly Site[]): number {
    return this.#define(sites.map((site) => this.#frameOf(site)));
  }

  #idOf(kept: readonly Kept[]): number {
    if (kept.length === 0) return 0;
    let node = this.#root;
    for (const { callSite, script } of kept) node = step(node, script, callSite.getPosition());
    if (node.id === 0) node.id = this.#define(kept.map((one) => this.#frame(one)));
    return node.id;
  }

  /** Where the person wrote it, or where the text had it before it was edited: readers have the map of that. */
  #frame({ callSite, script }: Kept): FrameDefinition {
    const frame = frameOf(callSite, script);
    const file = this.#code?.fileOf(script);
    if (!file || !this.#code || this.#hasEditedMap(file)) return this.#compiled.original(frame);
    const position = originalPosition(file.text.insertions, callSite.getPosition());
    return this.#compiled.original({ ...frame, ...this.#code.placeOf(file, position) });
  }

  #frameOf(site: Site): FrameDefinition {
    const frame = (this.#code as NumberedCode).frameOf(site, this.#hasEditedMap(site.file));
    return this.#compiled.original(frame);
  }

  /** The map that this process has of a file is one of its edited text. */
  #hasEditedMap({ script, hasOwnMap }: NumberedFile): boolean {
    return hasOwnMap && this.#compiled.isMapped(script);
  }

  #positionIn(index: number, { text }: NumberedFile): number {
    return originalPosition(text.insertions, (this.#kept[index] as Kept).callSite.getPosition());
  }
}

function step(node: StackNode, script: string, position: number): StackNode {
  let positions = node.callers.get(script);
  if (!positions) node.callers.set(script, (positions = new Map<number, StackNode>()));
  let next = positions.get(position);
  if (!next) positions.set(position, (next = newNode()));
  return next;
}
