/** Why a file cannot be opened as a trace: each one sentence for a person, with what to do. */
import { failure, type Failure } from '../base/result.js';
import { FORMAT_VERSION } from './records.js';

const howToRecord = 'Record one with "threadlanes record -- node app.js".';

export function emptyFile(): Failure {
  return failure(`The file is empty: no threads were recorded, or recording has just begun. ${howToRecord}`);
}

export function notATrace(): Failure {
  return failure(
    `The file is not a Threadlanes trace: it starts neither as .lanes nor as .lanes.ndjson does, nor as STD text (T0|acq(L1)|12). ${howToRecord}`,
  );
}

export function newerVersion(version: number): Failure {
  return failure(
    `The trace was written in format version ${version}, this Threadlanes reads up to ${FORMAT_VERSION}. ` +
      'Update Threadlanes.',
  );
}

export function tornHeader(): Failure {
  return failure(
    'The file ends within its first bytes, before anything was recorded. ' +
      'Open it again when the program has run longer, or record it again.',
  );
}

export function sourceFailure(error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  return failure(`The trace could not be read any further: ${reason}. Check that the file is still there.`);
}
