import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Folder by folder: Node's own way tries for ever where the system says of a folder that
 * it is missing although its parent is there, as below /proc and where file systems are mounted when they are asked for.
 * @param mode of those that are made; default: what the process gives to all
 */
export function makeFolder(path: string, mode?: number): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(path)) throw error;
  }
}
