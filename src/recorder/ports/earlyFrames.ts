/** Where something was done before the recording began: it is written once there is something to write it to. */
import type { FrameDefinition } from '../../probe/definitions.js';
import { callSitesAbove } from '../sites/stackCapture.js';

/** Node stands in front of the program's frames. */
const CAPTURED_FRAMES = 12;
const MAX_FRAMES = 6;

export function earlyFrames(skip: (...args: never[]) => unknown): readonly FrameDefinition[] {
  const frames: FrameDefinition[] = [];
  for (const site of callSitesAbove(skip, CAPTURED_FRAMES)) {
    const script = site.getFileName() ?? null;
    if (script === null || script.startsWith('node:') || script === __filename) continue;
    const line = site.getLineNumber() ?? 1;
    frames.push({ script, line, column: site.getColumnNumber() ?? 1, fn: site.getFunctionName(), map: null });
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}
