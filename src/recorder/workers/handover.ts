/** The child's side of a start: what its parent left for it. */
import type { Handover } from '../../probe/definitions.js';
import { HANDOVER_VERSION } from '../../probe/definitions.js';
import { getEnvironmentData, setEnvironmentData } from '../raw.js';

export const HANDOVER_KEY = 'threadlanes.handover';

/**
 * Takes what the parent left, so that neither the program nor a worker of this thread finds it. Throws when a recorder of
 * another version left it: that one may be loaded here, too, and finds it where it is.
 */
export function takeHandover(): Handover | null {
  const data = getEnvironmentData(HANDOVER_KEY) as Partial<Handover> | null | undefined;
  if (data === undefined || data === null) return null;
  // What another version calls this may be of another type.
  if ((data.version as number | undefined) !== HANDOVER_VERSION) {
    throw new Error('the thread was started by a recorder of another version');
  }
  setEnvironmentData(HANDOVER_KEY, undefined);
  return data as Handover;
}
