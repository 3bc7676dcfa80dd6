/** A verdict as the view gets it: the types of the analysis, which cross the border as they are. */
export type {
  CircleMember,
  Finding,
  FindingFrame,
  FindingLocation,
  FindingObject,
  FindingThread,
  Grade,
  LocationRole,
  Severity,
  TraceEnd,
  Verdict,
} from '../analysis/finding.js';
