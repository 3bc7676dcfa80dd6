/** Text of the analysis as the page shows it: names in backticks become code, lines of the finding become links. */
import type { FindingFrame } from '../../src/protocol/verdict.js';
import { element } from '../element.js';

export type OpenFrame = (frame: FindingFrame) => void;

export type Piece =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly frame: FindingFrame };

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** `store.ts:48`, as findings name a line. */
export function lineName(frame: Pick<FindingFrame, 'file' | 'line'>): string {
  return `${baseName(frame.file)}:${frame.line}`;
}

const TOKEN = /`([^`]+)`|([\w@.\-/\\]+\.\w+:\d+)/g;

/** Cuts a text into its pieces; what looks like a line but is none of `frames` stays text. */
export function piecesOf(text: string, frames: readonly FindingFrame[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const plain = (to: number): void => {
    if (to > at) pieces.push({ kind: 'text', text: text.slice(at, to) });
  };
  for (const match of text.matchAll(TOKEN)) {
    const [whole, code, line] = match;
    const frame =
      line === undefined
        ? undefined
        : frames.find((one) => line === lineName(one) || line === `${one.file}:${one.line}`);
    if (code === undefined && !frame) continue;
    plain(match.index);
    if (code !== undefined) pieces.push({ kind: 'code', text: code });
    else if (frame) pieces.push({ kind: 'link', text: whole, frame });
    at = match.index + whole.length;
  }
  plain(text.length);
  return pieces;
}

/** Numbers stay with their unit. */
const unbroken = (text: string): string => text.replace(/(\d) (ns|µs|ms|s|%|M)(?!\w)/g, '$1\u00a0$2');

export function link(frame: FindingFrame, open: OpenFrame, text = lineName(frame)): HTMLButtonElement {
  return element('button', { class: 'link', text, title: `${frame.file}:${frame.line}`, onClick: () => open(frame) });
}

export function richText(text: string, frames: readonly FindingFrame[], open: OpenFrame): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const piece of piecesOf(text, frames)) {
    if (piece.kind === 'link') fragment.append(link(piece.frame, open, piece.text));
    else if (piece.kind === 'code') fragment.append(element('code', { text: piece.text }));
    else fragment.append(unbroken(piece.text));
  }
  return fragment;
}
