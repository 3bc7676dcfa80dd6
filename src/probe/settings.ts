/** The recorder's settings: one environment variable, {@link SETTINGS_VARIABLE}, holds them as JSON; children merge. */
export const SETTINGS_VARIABLE = 'THREADLANES';

/** The launcher gives this exit code when the watchdog ended the program. */
export const DEADLOCK_EXIT_CODE = 86;

export interface RecorderSettings {
  /** The trace's file. The first process that becomes threaded takes it, its children get their pid added. */
  readonly out?: string;
  /** The folder for traces when `out` is not given; default `.threadlanes` beside the package. */
  readonly dir?: string;
  /** Paths in the trace are relative to it; default: the nearest folder with a package.json above the program. */
  readonly root?: string;
  /** What the watchdog does about a certain deadlock. */
  readonly onDeadlock?: 'report' | 'end';
  /** Shared by all processes of one run. */
  readonly run?: string;
  /** Events a thread's ring holds; a power of two. */
  readonly ringEvents?: number;
  /** What a thread does when its ring is full: wait for room, or drop and count. */
  readonly whenFull?: 'wait' | 'drop';
  /** Share of a thread's time that capturing call sites on fast paths may take. */
  readonly siteBudget?: number;
  /**
   * Where call sites come from. `auto`: numbered when the program's code is loaded, and captured from the stack where a
   * thread may sleep; `dynamic`: captured from the stack only, the code stays as it is; `exact`: a stack for each event.
   */
  readonly sites?: 'auto' | 'dynamic' | 'exact';
  /** Records what `Atomics.load` reads, too. */
  readonly memory?: boolean;
  /**
   * How much of the end of the run is kept, as `1GB`, `200MB`, `10min` or `2h`: the trace becomes a row of segments, and
   * the oldest are removed. Default: all of it.
   */
  readonly keep?: string;
  /** `false`: the collector's thread id is not hidden from the program. */
  readonly hide?: boolean;
  /**
   * What the variable held before the recorder of a parent process added the run to it, null: nothing. The recorder puts
   * it back, so that the program sees its environment as its parent meant it.
   */
  readonly before?: string | null;
}

/** The settings of a process that has its run. */
export interface ProcessSettings extends RecorderSettings {
  readonly run: string;
}
