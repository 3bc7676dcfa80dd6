/** Every id that the manifest and the code share. `test/extension/manifest.test.ts` holds them against each other. */
export const COMMAND = {
  traceProgram: 'threadlanes.traceProgram',
  stop: 'threadlanes.stop',
  openTrace: 'threadlanes.openTrace',
  nextFinding: 'threadlanes.nextFinding',
  previousFinding: 'threadlanes.previousFinding',
  showLog: 'threadlanes.showLog',
} as const;

export type CommandId = (typeof COMMAND)[keyof typeof COMMAND];

/** The trace editor. */
export const TRACE_VIEW = 'threadlanes.trace';

/** Context keys that the manifest's `enablement` reads. */
export const CONTEXT_KEY = { tracing: 'threadlanes.tracing' } as const;

/** The section of the settings. */
export const SETTINGS_SECTION = 'threadlanes';
