import type { Dictionary } from '../trace/dictionary.js';
import type { TraceVisitor } from '../trace/visitor.js';
import type { Model } from './model.js';

type Feed = Required<Omit<TraceVisitor, 'damage'>>;

/** Takes a trace into a dictionary and the model that reads from it. */
export function feed(dictionary: Dictionary, model: Model): Feed {
  return {
    header: (header) => dictionary.header(header),
    thread: (record) => {
      dictionary.thread(record);
      model.thread(record);
    },
    object: (record) => {
      dictionary.object(record);
      model.object(record);
    },
    file: (record, index) => dictionary.file(record, index),
    site: (record, index) => dictionary.site(record, index),
    stack: (record, index) => dictionary.stack(record, index),
    string: (text, index) => dictionary.string(text, index),
    events: (batch) => model.events(batch),
    marker: (marker) => model.marker(marker),
  };
}
