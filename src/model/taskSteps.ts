/** Tasks of an executor: whoever begins one ends the waits for its result. */
import type { OpName } from '../trace/ops.js';
import { noteUse } from './objectModel.js';
import { notified, provide } from './signalSteps.js';
import type { Step } from './step.js';

export const taskSteps: Readonly<Partial<Record<OpName, Step>>> = {
  'task.submit': (model, event) => model.audience.task('submitted', event),
  // Who has begun it, and nobody else, can end the waits for its result.
  'task.start': (model, event) => noteUse(model.objectOf(event.object).provides, event),
  'task.done': (model, event) => {
    provide(model, event);
    model.audience.task('done', event);
  },
  'task.fail': (model, event) => {
    provide(model, event);
    model.audience.task('failed', event, model.dictionary.strings[event.arg] ?? 'Error');
  },
  'task.result': (model, event) => {
    notified(model, event);
    model.audience.task('seen', event);
  },
};
