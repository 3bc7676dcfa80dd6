/** What the library finds under `PROBE`: the contract's side of a thread's recorder. */
import type { ObjectDefinition, Probe } from '../probe/probe.js';
import { OP } from '../trace/ops.js';
import { atomics } from './raw.js';
import { ownVisibleId } from './threadIds.js';
import type { ThreadRecorder } from './threadRecorder.js';

/** `record` and `define` are functions with names: the frames above them are the program's. */
export function probeOf(recorder: ThreadRecorder): Probe {
  return {
    raw: atomics,
    get thread() {
      return ownVisibleId();
    },
    record: function record(op, object, arg = NaN, extra = 0) {
      recorder.record(op, object, arg, extra, record);
    },
    define: function define(definition) {
      return recorder.guard(() => defineObject(recorder, definition, recorder.captureStack(define))) ?? 0;
    },
    string: (text) => recorder.guard(() => recorder.string(text)) ?? 0,
    fail: (error) => recorder.guard(() => recorder.recordFailure(error)),
    ownFile: (path) => recorder.skipFile(path),
    ownPort: (port) => recorder.onOwnPort(port),
  };
}

function defineObject(recorder: ThreadRecorder, definition: ObjectDefinition, stack: number): number {
  if (!recorder.open()) return 0;
  const id = recorder.nextObject();
  recorder.define({
    kind: 'object',
    id,
    objectKind: definition.kind,
    name: definition.name ?? null,
    stack,
    thread: ownVisibleId(),
    capacity: definition.capacity ?? null,
  });
  if (definition.kind === 'task') recorder.madeAt(OP['task.submit'], id, stack);
  return id;
}
