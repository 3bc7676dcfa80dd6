import { DEADLOCK_EXIT_CODE } from '../probe/settings.js';

/** What scripts may rely on. `record` gives the program's own code, 128 and the signal's number when one ended it. */
export const EXIT = {
  ok: 0,
  /** `check`: findings that `--fail-on` names. `record`: the program could not be started. */
  findings: 1,
  cannotStart: 1,
  wrongUse: 2,
  /** The trace is missing, empty, torn in its first bytes, newer, or no trace. */
  unreadable: 3,
  /** The watchdog ended the program, as `--on-deadlock end` asks it to. */
  deadlock: DEADLOCK_EXIT_CODE,
} as const;
