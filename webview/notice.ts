/** What stands in the picture's place when there is none: a trace of one thread, a file that cannot be read. */
import { formatTime } from '../src/base/formatDuration.js';
import { element } from './element.js';
import type { Host } from './host.js';
import { icon } from './icons.js';
import type { PageFrame } from './pageFrame.js';
import { isEmptyTrace } from './panels/verdictText.js';
import type { State } from './store.js';

const RECORDED =
  'Threads of one process: their start and end, the locks, events and queues of the library, the messages between them, ' +
  'and Atomics.wait and Atomics.notify. Child processes and clusters are not recorded.';

export function drawNotice({ notice, root }: PageFrame, state: State, host: Host): void {
  const { trace, failure } = state;
  const isEmpty = failure === null && trace !== null && isEmptyTrace(trace);
  const hasPicture = failure === null && trace !== null && !isEmpty;
  root.classList.toggle('has-no-picture', !hasPicture);
  notice.hidden = !isEmpty;
  if (!isEmpty) return;
  const [thread] = trace.threads;
  const exitCode = trace.verdict?.trace.exitCode;
  const ran = `${thread?.name ?? 'main'} ran for ${formatTime(trace.durationMs)}`;
  const ended = exitCode === null || exitCode === undefined ? '.' : ` and ended with exit code ${exitCode}.`;
  const again = element('button', {
    class: 'link',
    text: 'Trace another program',
    onClick: () => host.post({ type: 'traceProgram' }),
  });
  const recorded = element('p', { class: 'secondary', id: 'what-is-recorded', text: RECORDED });
  recorded.hidden = true;
  const explain = element('button', {
    class: 'link',
    text: 'What is recorded',
    aria: { expanded: 'false', controls: recorded.id },
    onClick: () => {
      recorded.hidden = !recorded.hidden;
      explain.setAttribute('aria-expanded', String(!recorded.hidden));
    },
  });
  notice.replaceChildren(
    icon('lone'),
    element('div', { text: 'This program never started a second thread.' }),
    element('div', { class: 'secondary', text: ran + ended }),
    element('div', { class: 'links' }, [again, explain]),
    recorded,
  );
}
