import picocolors from 'picocolors';
import type { Colors } from '../report/text.js';

/** Colours for a terminal; none into pipes and files, nor where `NO_COLOR` says so. */
export function terminalColors(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const isWanted = !NO_COLOR && (FORCE_COLOR ? FORCE_COLOR !== '0' : stream.isTTY && TERM !== 'dumb');
  // `isTTY` is undefined for pipes, for which picocolors would decide by itself.
  return picocolors.createColors(Boolean(isWanted));
}
