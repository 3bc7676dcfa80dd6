/** The child's side of a start: what its parent left for it. */
import type { Handover } from '../probe/definitions.js';
import { getEnvironmentData, setEnvironmentData } from './raw.js';

export const HANDOVER_KEY = 'threadlanes.handover';

/** Takes what the parent left, so that neither the program nor a worker of this thread finds it. */
export function takeHandover(): Handover | null {
  const data: unknown = getEnvironmentData(HANDOVER_KEY);
  if (data === undefined || data === null) return null;
  setEnvironmentData(HANDOVER_KEY, undefined);
  return data as Handover;
}
