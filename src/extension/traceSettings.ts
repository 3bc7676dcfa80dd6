/** What a person can set about the programs that are traced. The manifest has the defaults and the descriptions. */
export interface TraceSettings {
  /** The executable that runs programs; empty: `node` as the terminal finds it. */
  readonly runtime: string;
  /** Stand before the program. */
  readonly runtimeArguments: readonly string[];
  readonly programArguments: readonly string[];
  /** Added to the terminal's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Relative to the workspace folder; empty: that folder. */
  readonly cwd: string;
  /** Relative to the workspace folder. */
  readonly traceFolder: string;
}
