/**
 * Copies the recorder to the extension's storage before its path goes into a terminal: an update of the extension
 * removes the folder that it was installed in, and with it the file that running programs and their children preload.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The command and what it loads into programs, from beside itself. */
const RECORDER_FILES = ['cli.cjs', 'register.cjs', 'recorder.cjs', 'collector.cjs', 'sites.cjs'] as const;

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Puts the recorder under `storage`, in a folder named after version and content, and gives the command's path. */
export async function copyRecorder(dist: string, storage: string, version: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of RECORDER_FILES) hash.update(await readFile(join(dist, file)));
  const folder = join(storage, 'recorder', `${version}-${hash.digest('hex').slice(0, 12)}`);
  if (!(await isThere(folder))) {
    await mkdir(join(storage, 'recorder'), { recursive: true });
    // Under a name of its own first: another run or window may be doing the same.
    const draft = await mkdtemp(`${folder}.`);
    for (const file of RECORDER_FILES) await copyFile(join(dist, file), join(draft, file));
    await rename(draft, folder).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true });
      if (!(await isThere(folder))) throw error;
    });
  }
  return join(folder, RECORDER_FILES[0]);
}
