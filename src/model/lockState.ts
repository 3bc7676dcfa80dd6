import { nanos } from '../base/brand.js';
import type { LockState, ObjectModel } from './objectModel.js';

/** What is known of a lock; at first that it is free. */
export function lockOf(object: ObjectModel): LockState {
  return (object.lock ??= {
    hold: null,
    sharedHolds: new Map(),
    depth: 0,
    ownReleases: 0,
    foreignRelease: null,
    releasedBy: -1,
    releaseStack: -1,
    releasedAt: nanos(-1),
    timedOut: null,
    overtaken: new Set(),
    granted: new Set(),
    wasStolen: false,
  });
}
