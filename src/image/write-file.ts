import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PellucidError, codeOfSystemError } from '../shared/errors.ts';

export interface WriteOptions {
  /** False: a file that exists is never touched, not even one that appears while this one is written. */
  overwrite: boolean;
  /** Time of change that the file gets, milliseconds since 1970: that of the photo it was made from. */
  modifiedMs?: number;
}

/** Name of a file that is being written by a process; {@link removeAbandoned} knows whose it is. */
function temporaryName(processId: number): string {
  return `.pellucid-${processId}-${randomBytes(6).toString('hex')}.tmp`;
}

/** Removes what processes that are gone, killed while they wrote, have left in a folder. Never throws. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const processId = /^\.pellucid-(\d+)-[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
    if (processId !== undefined && !isAlive(Number(processId))) {
      await rm(join(folder, name), { force: true }).catch(() => undefined);
    }
  }
}

/** True while there is a process of this id, ours or not. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return codeOfSystemError(error) === 'PERMISSION_DENIED';
  }
}

/**
 * Writes a file whole or not at all. The bytes go to a hidden file in the same folder, are flushed to the disk, and
 * then take the name in one step; a crash at any moment leaves the old file, the new file or no file, never a part.
 * Folders on the way are made. A symbolic link is followed when its target is to be replaced.
 *
 * @throws {PellucidError} `ALREADY_EXISTS`, `DISK_FULL`, `PERMISSION_DENIED`, `FILE_NOT_FOUND`, `WRITE_FAILED`
 */
export async function writeFileSafely(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  try {
    await makeFolder(dirname(path));
    const target = options.overwrite ? await followLink(path) : path;
    const temporary = join(dirname(target), temporaryName(process.pid));
    try {
      await writeAndFlush(temporary, target, bytes, options);
      await (options.overwrite ? rename(temporary, target) : renameToFree(temporary, target));
    } finally {
      // Gone already after a rename; still there after a link or a failure.
      await rm(temporary, { force: true });
    }
    await flushFolder(dirname(target));
  } catch (error) {
    throw writeFailure(error, path);
  }
}

/**
 * A path in `folder` that is free at this moment: `name.ext`, else `name-1.ext`, `name-2.ext` and so on.
 *
 * @param extension with its dot
 */
export async function freeOutputPath(folder: string, name: string, extension: string): Promise<string> {
  for (let counter = 0; ; counter++) {
    const path = join(folder, `${name}${counter === 0 ? '' : `-${counter}`}${extension}`);
    if (!(await exists(path))) return path;
  }
}

/**
 * Writes a file under the first free name, as {@link freeOutputPath} counts; two writers never get the same one.
 *
 * @returns the path that was taken
 * @throws {PellucidError} as {@link writeFileSafely}
 */
export async function writeFreeFile(
  folder: string,
  name: string,
  extension: string,
  bytes: Uint8Array,
  options: Omit<WriteOptions, 'overwrite'> = {},
): Promise<string> {
  for (;;) {
    const path = await freeOutputPath(folder, name, extension);
    try {
      await writeFileSafely(path, bytes, { ...options, overwrite: false });
      return path;
    } catch (error) {
      if (!(error instanceof PellucidError && error.code === 'ALREADY_EXISTS')) throw error;
    }
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if (codeOfSystemError(error) !== 'ALREADY_EXISTS') throw error;
    const message = `${folder} is a file, so nothing can be written into it. Choose another folder.`;
    throw new PellucidError('WRITE_FAILED', message, { subject: folder, cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    // A link that leads nowhere takes its name too.
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOfSystemError(error) === 'FILE_NOT_FOUND') return false;
    throw writeFailure(error, path);
  }
}

async function followLink(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOfSystemError(error) === 'FILE_NOT_FOUND') return path;
    throw error;
  }
}

async function writeAndFlush(
  temporary: string,
  target: string,
  bytes: Uint8Array,
  { overwrite, modifiedMs }: WriteOptions,
): Promise<void> {
  const mode = overwrite ? await modeOf(target) : undefined;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(bytes);
    if (mode !== undefined) await file.chmod(mode);
    if (modifiedMs !== undefined) await file.utimes(new Date(), new Date(modifiedMs));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined ? undefined : stats.mode & 0o777;
}

/** A hard link is made only where the name is free, in one step, which a rename does not promise. */
async function renameToFree(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(String(code)))
      throw error;
    await reserveAndRename(temporary, target);
  }
}

/** For file systems without hard links (exFAT, some network folders): the name is taken with an empty file first. */
async function reserveAndRename(temporary: string, target: string): Promise<void> {
  const placeholder = await open(target, 'wx');
  await placeholder.close();
  try {
    await rename(temporary, target);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

/** Makes the new name durable; some systems cannot open a folder, and then the name follows when they write it. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

function writeFailure(error: unknown, path: string): PellucidError {
  if (error instanceof PellucidError) return error;
  const code = codeOfSystemError(error);
  const reason = error instanceof Error ? error.message : String(error);
  const details = { subject: path, cause: error };
  switch (code) {
    case 'DISK_FULL':
      return new PellucidError(
        code,
        `${path} was not written: the disk is full. Make room, or choose another folder.`,
        details,
      );
    case 'PERMISSION_DENIED':
      return new PellucidError(
        code,
        `${path} may not be written. Choose another folder, or change its permissions.`,
        details,
      );
    case 'ALREADY_EXISTS':
      return new PellucidError(
        code,
        `${path} exists and is not overwritten. Choose another name, or allow overwriting.`,
        details,
      );
    case 'FILE_NOT_FOUND':
      return new PellucidError(
        'WRITE_FAILED',
        `${path} was not written: a folder on its way does not exist or is a file.`,
        details,
      );
    default:
      return new PellucidError('WRITE_FAILED', `${path} was not written (${reason}).`, details);
  }
}
