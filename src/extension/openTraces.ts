/** The traces that are open or being recorded: one index each, and an alarm while the program runs. */
import type { HostToView } from '../protocol/messages.js';
import type { Finding } from '../protocol/verdict.js';
import { DeadlockAlarm } from './deadlockAlarm.js';
import type { IndexView } from './traceIndex.js';
import { TraceIndex } from './traceIndex.js';

interface OpenTrace {
  readonly index: TraceIndex;
  readonly alarm: DeadlockAlarm;
}

export class OpenTraces {
  readonly #traces = new Map<string, OpenTrace>();

  /**
   * @param script the index worker's built file
   * @param isRunning whether we run the program that writes a trace
   * @param onDeadlock a running program got stuck
   */
  constructor(
    private readonly script: string,
    private readonly isRunning: (file: string) => boolean,
    private readonly log: (text: string) => void,
    private readonly onDeadlock: (file: string, finding: Finding) => void,
  ) {}

  /** A view of the trace in a file; the first starts its index, disposing of the last ends it. */
  view(file: string, listener: (message: HostToView) => void): IndexView {
    const { index, alarm } = this.#traces.get(file) ?? this.#open(file);
    return index.view((message) => {
      listener(message);
      if (message.type !== 'opened' && message.type !== 'grew') return;
      for (const finding of alarm.news(message)) this.onDeadlock(file, finding);
    });
  }

  /** A view that nobody looks at: the alarm hears through it, whether or not an editor is open. */
  watch(file: string): IndexView {
    const view = this.view(file, () => undefined);
    view.send({ type: 'ready' });
    return view;
  }

  #open(file: string): OpenTrace {
    const onIdle = (): void => void this.#traces.delete(file);
    const index = new TraceIndex(this.script, file, this.isRunning(file), onIdle, this.log);
    const trace = { index, alarm: new DeadlockAlarm() };
    this.#traces.set(file, trace);
    return trace;
  }
}
